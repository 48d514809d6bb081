using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>Counts the tokens of a run's calls over its first samples.</summary>
/// <param name="spec">The spec.</param>
/// <param name="calls">What is asked.</param>
/// <param name="prices">What tokens cost.</param>
internal sealed class CostCounting(EvaluationSpec spec, SampleCalls calls, ModelPrices prices)
{
    /// <summary>Samples that are counted; counting takes longer than reading.</summary>
    private const int MaxCounted = 2_000;

    private readonly Dictionary<(string Role, string Part), CallTokens> _totals = [];
    private long _counted;

    /// <summary>The roles whose models are called; a stored baseline's is not.</summary>
    private IEnumerable<(string Role, string Model)> Called =>
        [
            .. spec.CandidateModels.Select(model => (Roles.Candidate, model)),
            .. BaselineReference.From(spec.Baseline) is BaselineReference.CalledModel { Name: var baseline }
                ? [(Roles.Baseline, baseline)]
                : Array.Empty<(string, string)>(),
        ];

    /// <summary>Counts a sample.</summary>
    public void Add(Sample sample)
    {
        if (_counted == MaxCounted)
        {
            return;
        }

        _counted++;
        foreach (var role in Called.Select(called => called.Role).Distinct())
        {
            var tokens = calls.TokensOf(sample, role);
            Add(role, "", tokens.Model);
            foreach (var (grader, ofGrader) in tokens.Graders)
            {
                Add(role, grader, ofGrader);
            }
        }
    }

    /// <summary>The tokens and cost of a number of samples; null where none was counted.</summary>
    public CostFinding? Finish(long samples)
    {
        if (_counted == 0)
        {
            return null;
        }

        var factor = (double)samples * spec.Repeats / _counted;
        List<RoleCost> roles =
        [
            .. Called.SelectMany(called =>
                calls
                    .GradersOf(called.Role)
                    .Select(grader => (Part: grader.Name, Shown: $"{called.Role}: {grader.Name}", grader.Model))
                    .Prepend((Part: "", Shown: called.Role, called.Model))
                    .Select(part => CostOf(part.Shown, part.Model, _totals[(called.Role, part.Part)], factor))
            ),
        ];
        return new CostFinding
        {
            Answers = samples * spec.Repeats,
            CountedSamples = _counted,
            Roles = roles,
            Max = Sum(roles, role => role.MaxCost),
            Likely = Sum(roles, role => role.LikelyCost),
            Ceiling = spec.Limits.MaxCost,
        };
    }

    private void Add(string role, string part, CallTokens tokens) =>
        _totals[(role, part)] = _totals.GetValueOrDefault((role, part)) + tokens;

    private RoleCost CostOf(string role, string model, CallTokens tokens, double factor)
    {
        var price = prices.Find(model);
        return new RoleCost(
            role,
            model,
            (long)Math.Round(tokens.Calls * factor),
            (long)Math.Round(tokens.Input * factor),
            (long)Math.Round(tokens.MaxOutput * factor),
            (long)Math.Round(tokens.LikelyOutput * factor),
            (double?)price?.CostOf(tokens.Input, tokens.MaxOutput) * factor,
            (double?)price?.CostOf(tokens.Input, tokens.LikelyOutput) * factor
        );
    }

    private static double? Sum(List<RoleCost> roles, Func<RoleCost, double?> cost) =>
        roles.TrueForAll(role => cost(role) is not null) ? roles.Sum(cost) : null;
}
