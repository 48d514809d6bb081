using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Pairing;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// Lists without regard to order and repetition. Each element is a unit; those of reference and answer are paired one to one, each with the
/// first in order that agrees. A value that is no list is a set of one.
/// </summary>
/// <param name="items">When two elements agree.</param>
internal sealed class SetComparer(ValueComparer items) : ValueComparer
{
    public override string Signature { get; } = $"set({items.Signature})";

    public static SetComparer Create(OptionReader options) => new(Read(options, "items") ?? ExactComparer.Instance);

    public override bool AreEqual(JsonElement reference, JsonElement answer)
    {
        var counts = Count(reference, answer);
        return counts.Matched == counts.Expected && counts.Matched == counts.Given;
    }

    public override UnitCounts Count(JsonElement reference, JsonElement answer)
    {
        var expected = ElementsOf(reference);
        var given = ElementsOf(answer);
        if (items is ExactComparer)
        {
            // Elements are different by their canonical form, so that what is in both is in both once.
            var known = expected.Select(CanonicalJson.WriteWithoutNulls).ToHashSet(StringComparer.Ordinal);
            return new UnitCounts(
                given.Count(element => known.Contains(CanonicalJson.WriteWithoutNulls(element))),
                expected.Count,
                given.Count
            );
        }

        // Numbers that are near are no classes: 1.05 is near 1.0 and near 1.1.
        var pairs = MostPairs.Find(expected.Count, given.Count, (row, column) => items.AreEqual(expected[row], given[column]));
        return new UnitCounts(pairs.Count(column => column >= 0), expected.Count, given.Count);
    }

    /// <summary>The elements that are not null, each once.</summary>
    private static List<JsonElement> ElementsOf(JsonElement value) =>
        !HasValue(value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(HasValue).DistinctBy(CanonicalJson.WriteWithoutNulls)]
        : [value];
}
