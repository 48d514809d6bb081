using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>A call of a reference or an answer.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">The arguments: an object, or the text of arguments that are none; undefined where only the name is
/// known.</param>
public readonly record struct TurnCall(string Name, JsonElement Arguments)
{
    /// <summary>Whether only the function's name is known.</summary>
    public bool IsNameOnly => Arguments.ValueKind == JsonValueKind.Undefined;

    /// <summary>Whether the arguments can be compared.</summary>
    public bool IsJson => Arguments.ValueKind == JsonValueKind.Object;

    /// <summary>
    /// Reads arguments: the JSON of an object without a name twice, at most 64 deep. A function without arguments is called with <c>{}</c>,
    /// and by some servers with an empty text.
    /// </summary>
    /// <param name="text">The arguments as they are written.</param>
    /// <param name="canonical">The object in its canonical form.</param>
    public static bool TryReadArguments(string text, out string canonical)
    {
        canonical = "{}";
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        if (CanonicalJson.TryRead(text, out var read) && read[0] == '{')
        {
            canonical = read;
            return true;
        }

        return false;
    }
}
