using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Protocols.Responses;

/// <summary>Writes a row's tools, which have the form of chat completions, in the flat form of the Responses API.</summary>
internal static class ToolWriter
{
    private const string Function = "function";

    // Each wraps what it says about the tool in an object of its type's name.
    private static readonly string[] WrappedTypes = [Function, "custom"];

    /// <summary>Writes <c>tools</c>: the row's <c>tools</c>, and its <c>functions</c> as tools.</summary>
    public static void Write(Utf8JsonWriter json, ToolSet tools)
    {
        json.WriteStartArray("tools");
        if (tools.Tools is { } list)
        {
            foreach (var tool in list.EnumerateArray())
            {
                WriteTool(json, tool);
            }
        }

        if (tools.Functions is { } functions)
        {
            foreach (var function in functions.EnumerateArray())
            {
                Write(json, Function, default, function);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteTool(Utf8JsonWriter json, JsonElement tool)
    {
        var type = tool.Get("type")?.GetText() ?? Function;
        if (WrappedTypes.Contains(type) && tool.Get(type) is { ValueKind: JsonValueKind.Object } inner)
        {
            Write(json, type, tool, inner);
        }
        else if (type == Function)
        {
            Write(json, type, default, tool);
        }
        else
        {
            tool.WriteTo(json);
        }
    }

    private static void Write(Utf8JsonWriter json, string type, JsonElement outer, JsonElement inner)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        var written = new HashSet<string>(StringComparer.Ordinal) { "type" };
        WriteMembers(json, inner, written);
        if (outer.ValueKind == JsonValueKind.Object)
        {
            written.Add(type);
            WriteMembers(json, outer, written);
        }

        if (type == Function)
        {
            WriteDefaults(json, written);
        }

        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, JsonElement source, HashSet<string> written)
    {
        foreach (var member in source.EnumerateObject())
        {
            // A function that does not say whether it is strict, by null too, is not.
            if (member is { Name: "strict" or "parameters", Value.ValueKind: JsonValueKind.Null } || !written.Add(member.Name))
            {
                continue;
            }

            member.WriteTo(json);
        }
    }

    /// <summary>
    /// Writes what the two APIs take to be said by silence: chat completions hold a function to its schema only where it is strict, and
    /// the Responses API unless it is not; a function without parameters takes none.
    /// </summary>
    private static void WriteDefaults(Utf8JsonWriter json, HashSet<string> written)
    {
        if (!written.Contains("parameters"))
        {
            json.WriteStartObject("parameters");
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (!written.Contains("strict"))
        {
            json.WriteBoolean("strict", false);
        }
    }
}
