using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>A value of an object, as it is compared.</summary>
/// <param name="Path">The names that lead to it, joined with dots; <see cref="FieldRules.Root"/> for a value that is no object.</param>
/// <param name="Field">Index of the field that the spec names it as; <see cref="FieldRules.Other"/> for none.</param>
/// <param name="Value">The value, which is not null.</param>
internal readonly record struct FieldValue(string Path, int Field, JsonElement Value);

/// <summary>
/// Which values of an object are compared, and how. A value that the spec names is compared as a whole by its own comparison. Objects that
/// it does not name are gone into; what is left, lists and scalars, is compared by the comparison of the other fields.
/// </summary>
internal sealed class FieldRules
{
    /// <summary>The path of a value that is no object.</summary>
    public const string Root = "$";

    /// <summary>The index of a value that the spec does not name.</summary>
    public const int Other = -1;

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly ValueComparer[] _comparers;
    private readonly ValueComparer _others;

    /// <param name="fields">The fields that the spec names, by their paths, in the order of their numbers.</param>
    /// <param name="others">The comparison of all other fields.</param>
    public FieldRules(IReadOnlyList<KeyValuePair<string, ValueComparer>> fields, ValueComparer others)
    {
        _others = others;
        _comparers = [.. fields.Select(field => field.Value)];
        Paths = [.. fields.Select(field => field.Key)];
        foreach (var (index, path) in Paths.Index())
        {
            _indexes.Add(path, index);
        }

        // Lengths make it unambiguous whatever characters the paths hold.
        Signature = string.Join(
            ',',
            fields.Select(field => $"{field.Key.Length}:{field.Key}={field.Value.Signature}").Append($"others={others.Signature}")
        );
    }

    /// <summary>The fields that the spec names.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The fields and how each is compared, for signatures.</summary>
    public string Signature { get; }

    /// <summary>Reads rules: a list of fields, or an object with the comparison of each.</summary>
    /// <param name="owner">The object that has them.</param>
    /// <param name="name">The option with the fields.</param>
    /// <param name="defaults">The fields where the option is absent, which are compared as the others.</param>
    /// <param name="othersName">The option with the comparison of the other fields, which is exact where it is absent.</param>
    /// <exception cref="OptionException">A field is named twice or within another one, or a comparison is none.</exception>
    public static FieldRules Read(OptionReader owner, string name, IReadOnlyList<string> defaults, string othersName)
    {
        var others = ValueComparer.Read(owner, othersName) ?? ExactComparer.Instance;
        var fields = owner.Read(name) is { ValueKind: JsonValueKind.Object } map
            ? ReadMap(owner, name, map)
            : [.. (owner.DistinctTexts(name) ?? defaults).Select(field => KeyValuePair.Create(field, others))];
        foreach (var (path, _) in fields)
        {
            if (fields.Find(other => path.StartsWith(other.Key + ".", StringComparison.Ordinal)).Key is { } outer)
            {
                throw owner.Error(
                    name,
                    $"names '{NearestName.Shown(outer)}' and '{NearestName.Shown(path)}', which is a part of it; leave one of them out."
                );
            }
        }

        return new FieldRules(fields, others);
    }

    /// <summary>How a field is compared.</summary>
    /// <param name="field">Index of the field, or <see cref="Other"/>.</param>
    public ValueComparer ComparerOf(int field) => field == Other ? _others : _comparers[field];

    /// <summary>How a field of this path is compared.</summary>
    public ValueComparer ComparerOf(string path) => ComparerOf(_indexes.GetValueOrDefault(path, Other));

    /// <summary>The values of an object that are compared, in its order.</summary>
    /// <param name="value">The object; any other value is one under <see cref="Root"/>.</param>
    public List<FieldValue> Flatten(JsonElement value)
    {
        List<FieldValue> found = [];
        if (value.ValueKind == JsonValueKind.Object && !_indexes.ContainsKey(Root))
        {
            Flatten(value, "", found);
        }
        else
        {
            Add(value, Root, found);
        }

        return found;
    }

    /// <summary>Compares two objects value by value.</summary>
    /// <param name="reference">The object of the reference; undefined for none.</param>
    /// <param name="answer">The object of the answer; undefined for none.</param>
    /// <returns>Each value with its counts: first those of the reference, then those that only the answer has.</returns>
    public List<(FieldValue Value, UnitCounts Counts)> Compare(JsonElement reference, JsonElement answer)
    {
        // A name with a dot and a path of two names can be one text: the first one counts, the others agree with nothing.
        var given = Flatten(answer);
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, value) in given.Index())
        {
            indexes.TryAdd(value.Path, index);
        }

        var left = given.ToArray();
        List<(FieldValue Value, UnitCounts Counts)> compared = [];
        foreach (var expected in Flatten(reference))
        {
            var value = indexes.Remove(expected.Path, out var index) ? left[index].Value : default;
            compared.Add((expected, ComparerOf(expected.Field).Count(expected.Value, value)));
            if (ValueComparer.HasValue(value))
            {
                left[index] = default;
            }
        }

        foreach (var value in left.Where(value => ValueComparer.HasValue(value.Value)))
        {
            compared.Add((value, ComparerOf(value.Field).Count(default, value.Value)));
        }

        return compared;
    }

    /// <summary>What two objects have in common over all their fields.</summary>
    public UnitCounts Count(JsonElement reference, JsonElement answer) =>
        Compare(reference, answer).Aggregate(default(UnitCounts), (sum, compared) => sum + compared.Counts);

    private static List<KeyValuePair<string, ValueComparer>> ReadMap(OptionReader owner, string name, JsonElement value)
    {
        var map = new OptionReader(owner.PathOf(name), value);
        var fields = new List<KeyValuePair<string, ValueComparer>>();
        foreach (var (path, _) in map.Fields)
        {
            if (fields.Count == SpecLimits.MaxElements || path.Length is 0 or > SpecLimits.MaxText)
            {
                throw owner.Error(
                    name,
                    FormattableString.Invariant(
                        $"takes at most {SpecLimits.MaxElements} fields, whose paths have from 1 to {SpecLimits.MaxText} characters."
                    )
                );
            }

            fields.Add(KeyValuePair.Create(path, ValueComparer.Read(map, path)!));
        }

        // A run keeps its spec with sorted names; means must add up in the same order wherever the spec comes from.
        fields.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        return fields;
    }

    private void Flatten(JsonElement value, string path, List<FieldValue> found)
    {
        foreach (var member in value.EnumerateObject())
        {
            var inner = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (member.Value.ValueKind == JsonValueKind.Object && !_indexes.ContainsKey(inner))
            {
                Flatten(member.Value, inner, found);
            }
            else
            {
                Add(member.Value, inner, found);
            }
        }
    }

    private void Add(JsonElement value, string path, List<FieldValue> found)
    {
        if (ValueComparer.HasValue(value))
        {
            found.Add(new FieldValue(path, _indexes.GetValueOrDefault(path, Other), value));
        }
    }
}
