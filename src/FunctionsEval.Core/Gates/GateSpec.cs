using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates;

/// <summary>The verdict's rules; all must hold for a pass.</summary>
public sealed record GateSpec
{
    /// <summary>The rules, 1–1,000; see <see href="#gate">Gate</see>.</summary>
    [GateRulesField]
    [Example(
        Json = """[{"metric": "accuracy", "minimum": 0.75}, {"metric": "f1_macro", "notWorseThanBaselineBy": 0}, {"minimumCoverage": 0.98}]"""
    )]
    public required IReadOnlyList<GateRule> Rules { get; init; }

    /// <summary>Finds a conflict with the rest of the spec.</summary>
    /// <param name="context">The rest of the spec.</param>
    /// <returns>The first problem, its path relative to the gate; null for none.</returns>
    internal OptionProblem? FindProblem(GateContext context) =>
        Rules
            .Index()
            .Select(rule =>
                rule.Item.FindProblem(context) is { } problem ? problem with { Path = $"rules[{rule.Index}].{problem.Path}" } : null
            )
            .FirstOrDefault(problem => problem is not null);
}
