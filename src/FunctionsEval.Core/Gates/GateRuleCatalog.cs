using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates;

/// <summary>A kind of rule.</summary>
/// <param name="Type">The type of its rules.</param>
/// <param name="Condition">The field that asks for it: the last one it declares.</param>
/// <param name="Section">Its fields.</param>
internal sealed record GateRuleKind(Type Type, string Condition, OptionSection Section);

/// <summary>All kinds of rules there are. A rule of a spec has the condition of exactly one.</summary>
internal static class GateRuleCatalog
{
    /// <summary>The kinds, in the order in which messages and the documentation list them.</summary>
    public static IReadOnlyList<GateRuleKind> All { get; } =
    [
        Kind<MinimumRule>(),
        Kind<MaximumRule>(),
        Kind<LowerBoundRule>(),
        Kind<NotWorseThanBaselineRule>(),
        Kind<EquivalentToBaselineRule>(),
        Kind<BetterThanBaselineRule>(),
        Kind<NotWorseThanPreviousRule>(),
        Kind<MinimumCoverageRule>(),
        Kind<MaximumCostRule>(),
    ];

    /// <summary>The fields that a rule of some kind may have.</summary>
    public static IReadOnlyList<OptionField> Fields { get; } =
    [.. All.SelectMany(kind => kind.Section.Fields).DistinctBy(field => field.Name)];

    private static readonly string[] FieldNames = [.. Fields.Select(field => field.Name)];

    /// <summary>Reads a rule.</summary>
    /// <exception cref="OptionException">The rule has no condition or several, or a field does not fit.</exception>
    public static GateRule Read(OptionReader rule)
    {
        OptionSection.RefuseUnknown(rule, FieldNames);
        var kinds = All.Where(kind => rule.Has(kind.Condition)).ToList();
        if (kinds is not [var asked])
        {
            throw rule.Error(
                $"has {kinds.Count} conditions, must have exactly one of {string.Join(", ", All.Select(kind => kind.Condition))}."
            );
        }

        var own = asked.Section.Fields.Select(field => field.Name);
        return FieldNames.Except(own).FirstOrDefault(rule.Has) is { } foreign
            ? throw rule.Error(foreign, $"does not go with {asked.Condition}, which concerns the run; leave it out.")
            : (GateRule)asked.Section.Read(rule, FieldNames);
    }

    private static GateRuleKind Kind<TRule>()
        where TRule : GateRule
    {
        var section = OptionSection.For(typeof(TRule));
        return new GateRuleKind(typeof(TRule), section.Fields[^1].Name, section);
    }
}
