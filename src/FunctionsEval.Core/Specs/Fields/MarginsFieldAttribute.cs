using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>An object of margins by the names of metric values.</summary>
internal sealed class MarginsFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (owner.Read(name) is not { } value)
        {
            return null;
        }

        var map = new OptionReader(owner.PathOf(name), value);
        var margins = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (metric, _) in map.Fields)
        {
            if (margins.Count == SpecLimits.MaxRules)
            {
                throw owner.TooMany(name, SpecLimits.MaxRules);
            }

            var margin = map.Number(metric, minimum: 0) ?? 0;
            margins.Add(
                metric,
                margin > 0 ? margin : throw map.Wrong(metric, "must be more than 0: no data shows that two models are equal")
            );
        }

        return margins.Count > 0 ? margins : throw owner.Error(name, "names no metric; leave the field out instead.");
    }

    public override object? Write(object value) =>
        ((IReadOnlyDictionary<string, double>)value).ToDictionary(pair => pair.Key, object? (pair) => pair.Value);
}
