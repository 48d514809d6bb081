using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Suites;

/// <summary>An object of tiers by the names of datasets, or patterns of them.</summary>
internal sealed class SuiteTiersFieldAttribute : FieldAttribute
{
    private static readonly string[] Tiers = [.. Enum.GetValues<SuiteTier>().Select(SuiteTierNames.NameOf)];

    /// <summary>Entries it may have.</summary>
    public int MaxCount { get; init; } = SpecLimits.MaxElements;

    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (owner.Read(name) is not { } value)
        {
            return null;
        }

        var map = new OptionReader(owner.PathOf(name), value);
        var tiers = new Dictionary<string, SuiteTier>(StringComparer.Ordinal);
        foreach (var (dataset, tier) in map.Fields)
        {
            if (tiers.Count == MaxCount)
            {
                throw owner.TooMany(name, MaxCount);
            }

            tiers.Add(CheckName(map, dataset), ReadTier(map, dataset, tier));
        }

        return tiers;
    }

    public override object? Write(object value) =>
        ((IReadOnlyDictionary<string, SuiteTier>)value).ToDictionary(
            pair => pair.Key,
            object? (pair) => SuiteTierNames.NameOf(pair.Value),
            StringComparer.Ordinal
        );

    private static SuiteTier ReadTier(OptionReader map, string dataset, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw map.WrongType(dataset, $"one of {string.Join(", ", Tiers)}", value);
        }

        return SuiteTierNames.TryParse(value.GetString()!, out var tier) ? tier : throw map.NotOneOf(dataset, value.GetString()!, Tiers);
    }

    private static string CheckName(OptionReader map, string dataset)
    {
        const string Fix = "must be a dataset's name relative to the spec's folder, such as test.jsonl, or a pattern such as *.jsonl";
        if (dataset.Length is 0 or > SpecLimits.MaxText || dataset.StartsWith('/'))
        {
            throw map.Wrong(dataset, Fix);
        }

        return BlobNames.FindProblem(dataset.Replace('*', 'x').Replace('?', 'x')) is { } problem
            ? throw map.Error(dataset, $"{problem}: it {Fix}.")
            : dataset;
    }
}
