using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Under which members of a result its metrics' tables stand. Those of <c>confusionMatrices</c> and <c>calibration</c> stand between the
/// numbers and the examples, with or without a table; those of any other kind at the end, where there is one.
/// </summary>
public static class ResultTables
{
    private const string ConfusionMatricesMember = "confusionMatrices";
    private const string CalibrationMember = "calibration";

    /// <summary>The confusion matrices among tables.</summary>
    public static IReadOnlyList<ScoredTable> ConfusionMatrices(IEnumerable<ScoredTable> tables) => Under(ConfusionMatricesMember, tables);

    /// <summary>The bins behind calibration errors among tables.</summary>
    public static IReadOnlyList<ScoredTable> Calibration(IEnumerable<ScoredTable> tables) => Under(CalibrationMember, tables);

    /// <summary>The tables of all other kinds, by the member that lists them; null for none.</summary>
    public static Dictionary<string, JsonElement>? Others(IEnumerable<ScoredTable> tables)
    {
        var others = tables
            .GroupBy(table => table.Table.Kind.Member)
            .Where(kind => kind.Key is not (ConfusionMatricesMember or CalibrationMember))
            .ToDictionary(kind => kind.Key, kind => JsonSerializer.SerializeToElement(kind.ToArray()), StringComparer.Ordinal);
        return others.Count > 0 ? others : null;
    }

    /// <summary>The tables that <see cref="Others"/> wrote.</summary>
    internal static IEnumerable<ScoredTable> Read(IReadOnlyDictionary<string, JsonElement>? members) =>
        MetricCatalog
            .TableKinds.Where(kind => members?.ContainsKey(kind.Member) == true)
            .SelectMany(kind => members![kind.Member].Deserialize<ScoredTable[]>()!);

    private static ScoredTable[] Under(string member, IEnumerable<ScoredTable> tables) =>
        [.. tables.Where(table => table.Table.Kind.Member == member)];
}
