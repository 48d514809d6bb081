using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;

namespace FunctionsEval.Core.Predictions;

/// <summary>Says what is wrong with a line that is no JSON object.</summary>
internal static class BrokenLine
{
    /// <summary>Fields of an answer. What else a line has is not looked at.</summary>
    private static readonly HashSet<string> FieldNames =
    [
        .. PredictionReader.ReferenceNames,
        .. AnsweredCallReader.FieldNames,
        ReferenceFields.ToolCalls,
        "id",
        "tags",
        "text",
        "prediction",
        "outcome",
        "logProbability",
        "logProbabilityTokens",
        "lenientPrediction",
        "labelProbabilities",
        "unresolvedLabelMass",
        "choices",
        "grades",
        "repeat",
        "turn",
        "turns",
        "offset",
    ];

    /// <summary>The field, the problem and the fix.</summary>
    /// <param name="line">The line.</param>
    /// <param name="problem">What the reader of JSON says.</param>
    public static string Describe(ReadOnlySpan<byte> line, RowProblem problem) =>
        $"{(FindBrokenField(line) is { } name ? $"at '{name}': " : "")}{problem.Message}{FixOf(problem.Reason)}";

    /// <summary>The field at which a line stops being JSON, or whose text is none; null when it is none that is read.</summary>
    private static string? FindBrokenField(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = JsonRow.MaxDepth });
        string? field = null;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    var text = reader.GetString()!;
                    field =
                        reader.TokenType != JsonTokenType.PropertyName ? field
                        : FieldNames.Contains(text) ? text
                        : null;
                }
            }
        }
        catch (Exception end) when (end is JsonException or InvalidOperationException)
        {
            // Here it is.
        }

        return field;
    }

    private static string FixOf(string reason) =>
        reason switch
        {
            MalformedReasons.InvalidJson => " Each line must be one JSON object (`jq -c .`); NaN and Infinity are not JSON: write null.",
            MalformedReasons.NotAnObject => " Each line must be one JSON object: make one of each element of a list with `jq -c '.[]'`.",
            MalformedReasons.InvalidEscape => " Write the text with whole characters, or with \\ufffd in their place.",
            MalformedReasons.TooDeep => " Give the prediction as a text.",
            _ => "",
        };
}
