using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// When a JSON value of an answer is the one that the reference has. Objects are compared without regard to the order of their members, and
/// a member that is null is one that is absent. Comparers have no state.
/// </summary>
internal abstract class ValueComparer
{
    private const string Compare = "compare";

    private static readonly Dictionary<string, Func<OptionReader, ValueComparer>> ByName = new(StringComparer.Ordinal)
    {
        ["exact"] = _ => ExactComparer.Instance,
        ["text"] = TextComparer.Create,
        ["number"] = NumberComparer.Create,
        ["date"] = DateComparer.Create,
        ["set"] = SetComparer.Create,
        ["list"] = ListComparer.Create,
        ["ignore"] = _ => IgnoringComparer.Instance,
    };

    /// <summary>The comparison with its options, for signatures.</summary>
    public abstract string Signature { get; }

    /// <summary>Whether two values, none of them null, agree.</summary>
    /// <param name="reference">The value of the reference.</param>
    /// <param name="answer">The value of the answer.</param>
    public abstract bool AreEqual(JsonElement reference, JsonElement answer);

    /// <summary>
    /// Counts what reference and answer have in common. Default: a value is one unit. A value that is undefined or null counts as none.
    /// </summary>
    public virtual UnitCounts Count(JsonElement reference, JsonElement answer)
    {
        var (isExpected, isGiven) = (HasValue(reference), HasValue(answer));
        return new UnitCounts(isExpected && isGiven && AreEqual(reference, answer) ? 1 : 0, isExpected ? 1 : 0, isGiven ? 1 : 0);
    }

    /// <summary>Whether there is a value: null is as good as absent.</summary>
    public static bool HasValue(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Reads a comparison: a name, or an object with the name in <c>compare</c> and its options.</summary>
    /// <param name="owner">The object that has it.</param>
    /// <param name="name">The option's name.</param>
    /// <returns>The comparison; null where the option is absent.</returns>
    /// <exception cref="OptionException">It is no comparison, or an option of it does not fit.</exception>
    public static ValueComparer? Read(OptionReader owner, string name)
    {
        if (owner.Read(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
        {
            throw owner.WrongType(name, $"a comparison ({string.Join(", ", ByName.Keys)}) or an object with one in '{Compare}'", value);
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return Find(owner, name, value.GetString()!)(new OptionReader(owner.PathOf(name), new Dictionary<string, JsonElement>()));
        }

        var options = new OptionReader(owner.PathOf(name), value);
        var kind =
            options.Text(Compare, canBeEmpty: false)
            ?? throw options.Error(Compare, $"is missing: give one of {string.Join(", ", ByName.Keys)}.");
        var comparer = Find(options, Compare, kind)(options);
        options.RefuseUnread($"option of '{kind}'");
        return comparer;
    }

    private static Func<OptionReader, ValueComparer> Find(OptionReader owner, string place, string name) =>
        ByName.TryGetValue(name, out var create) ? create : throw owner.NotOneOf(place, name, ByName.Keys);
}

/// <summary>
/// A comparison that says when two scalars agree. Lists are equal element by element in their order, objects member by member.
/// </summary>
internal abstract class ScalarComparer : ValueComparer
{
    public sealed override bool AreEqual(JsonElement reference, JsonElement answer) =>
        (reference.ValueKind, answer.ValueKind) switch
        {
            (JsonValueKind.Array, JsonValueKind.Array) => reference.GetArrayLength() == answer.GetArrayLength()
                && reference.EnumerateArray().Zip(answer.EnumerateArray(), AreEqual).All(isEqual => isEqual),
            (JsonValueKind.Object, JsonValueKind.Object) => AreMembersEqual(reference, answer),
            (JsonValueKind.Array or JsonValueKind.Object, _) or (_, JsonValueKind.Array or JsonValueKind.Object) => false,
            (JsonValueKind.Null, _) or (_, JsonValueKind.Null) => reference.ValueKind == answer.ValueKind,
            _ => AreScalarsEqual(reference, answer),
        };

    /// <summary>Whether two strings, numbers or booleans agree.</summary>
    protected abstract bool AreScalarsEqual(JsonElement reference, JsonElement answer);

    /// <summary>Whether two scalars are the same value: of one type, numbers by value, strings character by character.</summary>
    protected static bool AreSame(JsonElement reference, JsonElement answer) =>
        reference.ValueKind == answer.ValueKind
        && reference.ValueKind switch
        {
            JsonValueKind.Number => JsonNumberText.Canonicalize(reference.GetRawText()) == JsonNumberText.Canonicalize(answer.GetRawText()),
            JsonValueKind.String => reference.ValueEquals(answer.GetString()),
            _ => true,
        };

    private bool AreMembersEqual(JsonElement reference, JsonElement answer)
    {
        var given = answer
            .EnumerateObject()
            .Where(member => HasValue(member.Value))
            .ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var matched = 0;
        foreach (var member in reference.EnumerateObject().Where(member => HasValue(member.Value)))
        {
            if (!given.TryGetValue(member.Name, out var value) || !AreEqual(member.Value, value))
            {
                return false;
            }

            matched++;
        }

        return matched == given.Count;
    }
}
