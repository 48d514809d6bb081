using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>JSON values as the texts that a sample is made of.</summary>
internal static class JsonText
{
    /// <summary>The text of a string, number or boolean; a number as it is written.</summary>
    public static bool TryRead(JsonElement value, out string text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "",
        };
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
    }
}
