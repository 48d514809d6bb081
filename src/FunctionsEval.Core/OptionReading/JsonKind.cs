using System.Text.Json;

namespace FunctionsEval.Core.OptionReading;

/// <summary>The kinds of JSON values, in the words of messages.</summary>
internal static class JsonKind
{
    /// <summary>
    /// The value's kind: <c>a string</c>, <c>a number</c>, <c>a boolean</c>, <c>a list</c>, <c>an object</c> or <c>null</c>.
    /// </summary>
    public static string Describe(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            JsonValueKind.Array => "a list",
            JsonValueKind.Object => "an object",
            _ => "null",
        };
}
