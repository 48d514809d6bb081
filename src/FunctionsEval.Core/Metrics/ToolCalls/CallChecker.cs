using System.Collections.Concurrent;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing.Schemas;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// Holds calls against the functions that a sample offers. Schemas are kept, since a dataset's rows mostly have the same ones. Safe for use
/// by several threads at once.
/// </summary>
public sealed class CallChecker
{
    /// <summary>Schemas that are kept, of at most <see cref="ValueSchema.MaxBytes"/> each.</summary>
    private const int MaxKept = 256;

    /// <summary>Keywords by which a schema takes in others.</summary>
    private static readonly List<string> Composing =
    [
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "patternProperties",
        "dependentSchemas",
        "dependencies",
    ];

    private readonly ConcurrentDictionary<string, ValueSchema?> _schemas = new(StringComparer.Ordinal);

    /// <summary>Checks the calls of an answer.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="tools">What the sample offers; null for no tool.</param>
    public IReadOnlyList<AnsweredCall> Check(IReadOnlyList<ToolCall> calls, ToolSet? tools)
    {
        ArgumentNullException.ThrowIfNull(calls);
        var functions = OfferedFunctions.Read(tools);
        return [.. calls.Select(call => Check(call, functions))];
    }

    /// <summary>The calls of an answer to a sample of which it is not known what it offers.</summary>
    /// <param name="calls">The calls.</param>
    public static IReadOnlyList<AnsweredCall> WithoutTools(IReadOnlyList<ToolCall> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return
        [
            .. calls.Select(call => new AnsweredCall(call.Name, call.Arguments)
            {
                IsJson = TurnCall.TryReadArguments(call.Arguments, out _),
            }),
        ];
    }

    private AnsweredCall Check(ToolCall call, Dictionary<string, JsonElement> functions)
    {
        var isOffered = functions.TryGetValue(call.Name, out var schema);
        var isJson = TurnCall.TryReadArguments(call.Arguments, out var canonical);
        var answered = new AnsweredCall(call.Name, call.Arguments) { IsJson = isJson, IsOffered = isOffered };
        if (!isOffered)
        {
            return answered;
        }

        if (!isJson)
        {
            return answered with { IsValid = SchemaOf(schema) is null ? null : false };
        }

        var arguments = CanonicalJson.Parse(canonical);
        string[] unknown = [.. CallArguments.NamesOf(arguments).Where(name => !Takes(schema, name))];
        return answered with { IsValid = SchemaOf(schema)?.IsValid(arguments), UnknownArguments = unknown.Length > 0 ? unknown : null };
    }

    /// <summary>
    /// Whether a function takes an argument: its schema names it, or does not say which arguments there are. A function without a schema
    /// takes none.
    /// </summary>
    private static bool Takes(JsonElement schema, string argument)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind != JsonValueKind.Undefined;
        }

        var hasOthers = schema.TryGetProperty("additionalProperties", out var others);
        if (IsComposed(schema) || (hasOthers && others.ValueKind is JsonValueKind.True or JsonValueKind.Object))
        {
            return true;
        }

        return schema.TryGetProperty("properties", out var properties)
            ? properties.ValueKind != JsonValueKind.Object || properties.TryGetProperty(argument, out _)
            : others.ValueKind != JsonValueKind.False;
    }

    /// <summary>Whether a schema is put together of others, which may name arguments of their own.</summary>
    private static bool IsComposed(JsonElement schema) => Composing.Exists(name => schema.TryGetProperty(name, out _));

    private ValueSchema? SchemaOf(JsonElement schema)
    {
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
        {
            return null;
        }

        var text = schema.GetRawText();
        if (text.Length > ValueSchema.MaxBytes)
        {
            return null;
        }

        if (_schemas.Count >= MaxKept)
        {
            _schemas.Clear();
        }

        return _schemas.GetOrAdd(text, _ => ValueSchema.TryCreate(schema));
    }
}
