using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The warnings about a run's numbers: sentences, each of which says what was seen and what to do. In the run's row they are a JSON array,
/// as many as a column holds; <c>summary.json</c> has all of them.
/// </summary>
internal static class RunWarnings
{
    /// <summary>The column of <c>EvaluationRuns</c>; a run without warnings has none.</summary>
    public const string Column = "Warnings";

    /// <summary>Longest sentence in characters.</summary>
    public const int MaxSentenceLength = 600;

    /// <summary>A generous bound for the sentence about the warnings that are left out.</summary>
    private const int MoreBytes = 80;

    /// <summary>Quotes and a comma.</summary>
    private const int PunctuationBytes = 3;

    /// <summary>The column's value; null for none.</summary>
    public static string? Write(IReadOnlyList<string> warnings) =>
        warnings.Count == 0 ? null : JsonSerializer.Serialize(Bound(warnings, TableText.MaxLength));

    /// <summary>The warnings of a run's row, in their order; none where the column is missing.</summary>
    public static IReadOnlyList<string> Read(TableEntity row) => ReadTexts(row, Column);

    /// <summary>The texts of a column that has a JSON array of them; none where the column is missing.</summary>
    public static IReadOnlyList<string> ReadTexts(TableEntity row, string column) =>
        row.GetString(column) is { } text ? JsonSerializer.Deserialize<List<string>>(text) ?? [] : [];

    /// <summary>As many of the sentences as fit into <paramref name="maxBytes"/> of JSON, and how many more there are.</summary>
    public static IReadOnlyList<string> Bound(IReadOnlyList<string> warnings, int maxBytes)
    {
        List<string> kept = [];
        var bytes = PunctuationBytes + MoreBytes;
        foreach (var warning in warnings.Select(warning => TableText.Cut(warning, MaxSentenceLength)))
        {
            bytes += JavaScriptEncoder.Default.Encode(warning).Length + PunctuationBytes;
            if (bytes > maxBytes)
            {
                return
                [
                    .. kept,
                    string.Create(CultureInfo.InvariantCulture, $"{warnings.Count - kept.Count} more warnings are in summary.json."),
                ];
            }

            kept.Add(warning);
        }

        return kept;
    }
}
