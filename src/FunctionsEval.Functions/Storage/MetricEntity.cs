using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>Converts a number of a run to a row of <c>EvaluationMetrics</c>.</summary>
internal static class MetricEntity
{
    /// <summary>The rows of a run's numbers, each with a key of its own.</summary>
    public static IReadOnlyList<TableEntity> Create(string runId, IEnumerable<MetricValue> values)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. values.Select(value =>
            {
                var owner = value.Candidate is null ? value.Role : $"{value.Role}:{value.Candidate}";
                var key = StorageNames.Key(owner, value.Name, value.Slice);
                return Create(runId, keys.Add(key) ? key : StorageNames.HashedKey(owner, value.Name, value.Slice), value);
            }),
        ];
    }

    private static TableEntity Create(string runId, string key, MetricValue value) =>
        new(runId, key)
        {
            ["Role"] = value.Role,
            ["Name"] = value.Name,
            ["Slice"] = value.Slice,
            ["Value"] = value.Value,
            ["Undefined"] = value.Undefined,
            ["Lower"] = value.Lower,
            ["Upper"] = value.Upper,
            ["Interval"] = value.Interval,
            ["NoInterval"] = value.NoInterval,
            ["Samples"] = value.Samples,
            ["NoiseFloor"] = value.NoiseFloor,
            ["HigherIsBetter"] = value.HigherIsBetter,
            ["Difference"] = value.Difference,
            ["DifferenceLower"] = value.DifferenceLower,
            ["DifferenceUpper"] = value.DifferenceUpper,
            ["DifferenceInterval"] = value.DifferenceInterval,
            ["NoDifferenceInterval"] = value.NoDifferenceInterval,
            ["PValue"] = value.PValue,
            ["AdjustedPValue"] = value.AdjustedPValue,
            ["PValueIsBound"] = value.PValueIsBound,
            ["Kind"] = value.Kind is { } kind ? MetricReadings.NameOf(kind) : null,
            ["Reading"] = value.Reading is { } reading ? MetricReadings.NameOf(reading) : null,
            ["Test"] = value.Test,
            ["Gained"] = value.Gained,
            ["Lost"] = value.Lost,
            ["Candidate"] = value.Candidate,
            ["BestLower"] = value.BestLower,
            ["BestUpper"] = value.BestUpper,
            ["MayBeBest"] = value.MayBeBest,
            ["Signature"] = value.Signature,
        };

    /// <summary>The number of a row.</summary>
    public static MetricValue Read(TableEntity row) =>
        new()
        {
            Role = row.GetString("Role"),
            Name = row.GetString("Name"),
            Slice = row.GetString("Slice"),
            Value = row.GetDouble("Value"),
            Undefined = row.GetString("Undefined"),
            Lower = row.GetDouble("Lower"),
            Upper = row.GetDouble("Upper"),
            Interval = row.GetString("Interval"),
            NoInterval = row.GetString("NoInterval"),
            Samples = row.GetInt64("Samples") ?? 0,
            NoiseFloor = row.GetDouble("NoiseFloor"),
            HigherIsBetter = row.GetBoolean("HigherIsBetter") ?? true,
            Difference = row.GetDouble("Difference"),
            DifferenceLower = row.GetDouble("DifferenceLower"),
            DifferenceUpper = row.GetDouble("DifferenceUpper"),
            DifferenceInterval = row.GetString("DifferenceInterval"),
            NoDifferenceInterval = row.GetString("NoDifferenceInterval"),
            PValue = row.GetDouble("PValue"),
            AdjustedPValue = row.GetDouble("AdjustedPValue"),
            PValueIsBound = row.GetBoolean("PValueIsBound"),
            Kind = MetricReadings.FindKind(row.GetString("Kind")),
            Reading = MetricReadings.FindReading(row.GetString("Reading")),
            Test = row.GetString("Test"),
            Gained = row.GetInt64("Gained"),
            Lost = row.GetInt64("Lost"),
            Candidate = row.GetString("Candidate"),
            BestLower = row.GetDouble("BestLower"),
            BestUpper = row.GetDouble("BestUpper"),
            MayBeBest = row.GetBoolean("MayBeBest"),
            Signature = row.GetString("Signature") ?? "",
        };
}
