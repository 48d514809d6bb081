using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates;

/// <summary>A list of gate rules.</summary>
internal sealed class GateRulesFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        GateRule[] rules =
        [
            .. owner
                .List(name, SpecLimits.MaxRules)
                .Select(rule => GateRuleCatalog.Read(new OptionReader(owner.PathOf(rule.Name), rule.Element))),
        ];
        return rules.Length > 0 ? rules : throw owner.Error(name, "must have at least one rule.");
    }

    public override object? Write(object value) =>
        ((IReadOnlyList<GateRule>)value).Select(object? (rule) => OptionSection.For(rule.GetType()).Write(rule)).ToArray();
}
