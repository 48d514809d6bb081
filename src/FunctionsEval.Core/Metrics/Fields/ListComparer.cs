using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// Lists of objects that are told apart by one of their members, whatever their order. Each value of an element is a unit, and the values of
/// an element without a partner are all missing, or all given in vain. Elements of one key are paired in their order.
/// </summary>
/// <param name="key">The member by which elements are told apart; an element without it is told by its whole value.</param>
/// <param name="fields">How the elements' values are compared, the key's too.</param>
internal sealed class ListComparer(string key, FieldRules fields) : ValueComparer
{
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
        var given = ElementsOf(answer);
        var sum = default(UnitCounts);
        foreach (var element in ElementsOf(reference))
        {
            var index = given.FindIndex(other => HaveOneKey(element, other));
            sum += fields.Count(element, index < 0 ? default : given[index]);
            if (index >= 0)
            {
                given.RemoveAt(index);
            }
        }

        return given.Aggregate(sum, (counts, element) => counts + fields.Count(default, element));
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
