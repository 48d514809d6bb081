using System.Text.Json;
using FunctionsEval.Core.Metrics.Pairing;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// Lists of objects that are told apart by one of their members, whatever their order. Each value of an element is a unit, and the values
/// of an element without a partner are all missing, or all given in vain. Where several elements have one key, or numbers as keys are near
/// each other, as many elements as possible are paired, and next, so that as many values as possible agree.
/// </summary>
/// <param name="key">The member by which elements are told apart; an element without it is told by its whole value.</param>
/// <param name="fields">How the elements' values are compared, the key's too.</param>
internal sealed class ListComparer(string key, FieldRules fields) : ValueComparer
{
    /// <summary>
    /// Elements of a list up to which values decide who is paired; of longer lists elements of one key are paired in their order.
    /// </summary>
    public const int MaxAssigned = 64;

    /// <summary>More than all values of two lists, so that a pair more outweighs them.</summary>
    private const long OfPair = 1L << 32;

    public override string Signature { get; } = $"list(key={key.Length}:{key},{fields.Signature})";

    public static ListComparer Create(OptionReader options) =>
        new(
            options.Text("key", canBeEmpty: false)
                ?? throw options.Error("key", "is missing: name the member that elements are told apart by."),
            FieldRules.Read(options, "fields", [], "others")
        );

    public override bool AreEqual(JsonElement reference, JsonElement answer)
    {
        var counts = Count(reference, answer);
        return reference.ValueKind == answer.ValueKind && counts.Matched == counts.Expected && counts.Matched == counts.Given;
    }

    public override UnitCounts Count(JsonElement reference, JsonElement answer)
    {
        var (expected, given) = (ElementsOf(reference), ElementsOf(answer));
        var columns = Pair(expected, given);
        var sum = default(UnitCounts);
        foreach (var (row, element) in expected.Index())
        {
            sum += fields.Count(element, columns[row] < 0 ? default : given[columns[row]]);
        }

        return Enumerable
            .Range(0, given.Count)
            .Except(columns)
            .Aggregate(sum, (counts, column) => counts + fields.Count(default, given[column]));
    }

    /// <summary>The element of the answer for each of the reference; −1 for none.</summary>
    private int[] Pair(List<JsonElement> expected, List<JsonElement> given)
    {
        if (Math.Max(expected.Count, given.Count) > MaxAssigned)
        {
            return MostPairs.Find(expected.Count, given.Count, (row, column) => HaveOneKey(expected[row], given[column]));
        }

        var weights = new long[expected.Count, given.Count];
        for (var row = 0; row < expected.Count; row++)
        {
            for (var column = 0; column < given.Count; column++)
            {
                weights[row, column] = HaveOneKey(expected[row], given[column])
                    ? OfPair + fields.Count(expected[row], given[column]).Matched
                    : 0;
            }
        }

        var columns = BestAssignment.Find(weights);
        return [.. columns.Select((column, row) => column >= 0 && weights[row, column] > 0 ? column : -1)];
    }

    private static List<JsonElement> ElementsOf(JsonElement value) =>
        !HasValue(value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(HasValue)]
        : [value];

    private bool HaveOneKey(JsonElement reference, JsonElement answer) =>
        (KeyOf(reference), KeyOf(answer)) switch
        {
            ({ } expected, { } given) => fields.ComparerOf(key).AreEqual(expected, given),
            (null, null) => ExactComparer.Instance.AreEqual(reference, answer),
            _ => false,
        };

    private JsonElement? KeyOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && HasValue(value) ? value : null;
}
