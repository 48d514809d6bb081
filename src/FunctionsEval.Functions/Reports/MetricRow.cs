using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>A row of <c>EvaluationMetrics</c>.</summary>
internal static class MetricRow
{
    /// <summary>The rows of a run's metrics, each with a key of its own.</summary>
    public static IReadOnlyList<TableEntity> Of(string runId, IEnumerable<MetricValue> lines)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. lines.Select(line =>
            {
                var key = StorageNames.Key(line.Role, line.Name, line.Slice);
                return Of(runId, keys.Add(key) ? key : StorageNames.HashedKey(line.Role, line.Name, line.Slice), line);
            }),
        ];
    }

    private static TableEntity Of(string runId, string key, MetricValue line) =>
        new(runId, key)
        {
            ["Role"] = line.Role,
            ["Name"] = line.Name,
            ["Slice"] = line.Slice,
            ["Value"] = line.Value,
            ["Undefined"] = line.Undefined,
            ["Lower"] = line.Lower,
            ["Upper"] = line.Upper,
            ["Interval"] = line.Interval,
            ["NoInterval"] = line.NoInterval,
            ["Samples"] = line.Samples,
            ["NoiseFloor"] = line.NoiseFloor,
            ["HigherIsBetter"] = line.HigherIsBetter,
            ["Difference"] = line.Difference,
            ["DifferenceLower"] = line.DifferenceLower,
            ["DifferenceUpper"] = line.DifferenceUpper,
            ["DifferenceInterval"] = line.DifferenceInterval,
            ["NoDifferenceInterval"] = line.NoDifferenceInterval,
            ["PValue"] = line.PValue,
            ["AdjustedPValue"] = line.AdjustedPValue,
            ["PValueIsBound"] = line.PValueIsBound,
            ["Kind"] = line.Kind is { } kind ? MetricReadings.NameOf(kind) : null,
            ["Reading"] = line.Reading is { } reading ? MetricReadings.NameOf(reading) : null,
            ["Test"] = line.Test,
            ["Gained"] = line.Gained,
            ["Lost"] = line.Lost,
            ["Signature"] = line.Signature,
        };
}
