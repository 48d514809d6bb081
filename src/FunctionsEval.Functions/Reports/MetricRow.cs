using Azure.Data.Tables;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>A row of <c>EvaluationMetrics</c>.</summary>
internal static class MetricRow
{
    public static TableEntity Of(string runId, MetricLine line) => new(
        runId, $"{line.Role}|{StorageNames.EscapeKey(line.Name)}|{StorageNames.EscapeKey(line.Slice)}")
    {
        ["Role"] = line.Role,
        ["Name"] = line.Name,
        ["Slice"] = line.Slice,
        ["Value"] = line.Value,
        ["Undefined"] = line.Undefined,
        ["Lower"] = line.Lower,
        ["Upper"] = line.Upper,
        ["Interval"] = line.Interval,
        ["Samples"] = line.Samples,
        ["NoiseFloor"] = line.NoiseFloor,
        ["HigherIsBetter"] = line.HigherIsBetter,
        ["Difference"] = line.Difference,
        ["DifferenceLower"] = line.DifferenceLower,
        ["DifferenceUpper"] = line.DifferenceUpper,
        ["PValue"] = line.PValue,
        ["AdjustedPValue"] = line.AdjustedPValue,
        ["Test"] = line.Test,
        ["Gained"] = line.Gained,
        ["Lost"] = line.Lost,
        ["Signature"] = line.Signature,
    };
}
