using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Specs.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// What is evaluated when the retirement of the spec's <c>model</c> comes near: another model, which must answer as well and not
/// differently.
/// </summary>
public sealed record RetirementSpec
{
    /// <summary>Days before the retirement from which on the replacement is evaluated, 1–730. Default 90.</summary>
    [IntegerField(Minimum = 1, Maximum = 730)]
    [Example(60)]
    public int Days { get; init; } = 90;

    /// <summary>Name of the configured model that takes the place of the spec's <c>model</c>.</summary>
    [TextField(Missing = "give the name of the model that takes its place")]
    [Example("my-next")]
    public required string Replacement { get; init; }

    /// <summary>
    /// How far the replacement may be from the retiring model, by metric value, for example <c>{"accuracy": 0.02}</c>; each more than 0.
    /// Where there are none, the margins of the gate's rules <c>notWorseThanBaselineBy</c> and <c>equivalentToBaselineWithin</c> hold, in
    /// both directions.
    /// </summary>
    [MarginsField]
    [Example(Json = """{"accuracy": 0.02}""")]
    public IReadOnlyDictionary<string, double>? Margins { get; init; }

    /// <summary>
    /// The rules by which a replacement is accepted: equivalence to the retiring model within the margins, and those rules of the gate that
    /// compare with no other model or run.
    /// </summary>
    /// <param name="gate">The spec's gate; null for none.</param>
    public GateSpec AcceptanceOf(GateSpec? gate)
    {
        var rules = gate?.Rules ?? [];
        return new GateSpec
        {
            Rules = [.. EquivalencesIn(rules), .. rules.Where(rule => rule is not (ComparisonRule or NotWorseThanPreviousRule))],
        };
    }

    /// <summary>Finds a conflict with the rest of the spec.</summary>
    /// <param name="model">The spec's model.</param>
    /// <param name="gate">Its gate; null for none.</param>
    /// <returns>The problem, its path relative to this section; null for none.</returns>
    internal OptionProblem? FindProblem(string model, GateSpec? gate) =>
        string.Equals(Replacement, model, StringComparison.OrdinalIgnoreCase)
            ? new OptionProblem("replacement", "is the spec's model itself; name the model that takes its place.")
        : EquivalencesIn(gate?.Rules ?? []).Any() ? null
        : new OptionProblem(
            "margins",
            "is missing: say how far the replacement may be from the model, for example {\"accuracy\": 0.02}. The gate has no margin."
        );

    private IEnumerable<GateRule> EquivalencesIn(IReadOnlyList<GateRule> rules) =>
        Margins is not null
            ? Margins.Select(margin => Equivalence(margin.Key, slice: null, margin.Value))
            : rules
                .Select(rule =>
                    rule switch
                    {
                        EquivalentToBaselineRule equivalent => equivalent,
                        NotWorseThanBaselineRule { NotWorseThanBaselineBy: > 0 } notWorse => Equivalence(
                            notWorse.Metric,
                            notWorse.Slice,
                            notWorse.NotWorseThanBaselineBy
                        ),
                        _ => null,
                    }
                )
                .OfType<GateRule>()
                .Distinct();

    private static EquivalentToBaselineRule Equivalence(string metric, string? slice, double margin) =>
        new()
        {
            Metric = metric,
            Slice = slice,
            EquivalentToBaselineWithin = margin,
        };
}
