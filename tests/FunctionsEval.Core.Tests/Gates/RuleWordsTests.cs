using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tests.Gates;

/// <summary>What rules say at their bounds, where a rounded number would contradict them.</summary>
public sealed class RuleWordsTests
{
    public static TheoryData<GateRule, GateMetric, string> AtTheBound =>
        new()
        {
            {
                new MinimumRule { Metric = "accuracy", Minimum = 0.8 },
                new GateMetric(0.79996),
                "Accuracy 79.996 % is below 80 %"
            },
            {
                new MaximumRule { Metric = "perplexity", Maximum = 20 },
                new GateMetric(20.0004, HigherIsBetter: false),
                "Perplexity 20.0004 is above 20"
            },
            {
                new LowerBoundRule { Metric = "accuracy", LowerBoundAtLeast = 0.9 },
                new GateMetric(0.85, 0.79, 0.91),
                "Accuracy 85.0 % (79.0 to 91.0 %) is not clearly at least 90 %: its interval contains it"
            },
            {
                new NotWorseThanPreviousRule { Metric = "perplexity", NotWorseThanPrevious = 0.5 },
                new GateMetric(20, DifferenceLower: 0.1, DifferenceUpper: 0.5, HigherIsBetter: false, Difference: 0.3),
                "Perplexity is 0.30 worse than the previous run (0.10 to 0.50); at most 0.5 worse is allowed"
            },
            {
                new MaximumCostRule { MaximumCost = 2 },
                new GateMetric(0),
                "Cost 2.004 EUR is above 2 EUR"
            },
            {
                new MinimumRule { Metric = "accuracy", Minimum = 0.8 },
                new GateMetric(double.NaN),
                "Accuracy is undefined on these samples"
            },
        };

    [Theory]
    [MemberData(nameof(AtTheBound))]
    public void A_reason_shows_the_digits_that_it_is_decided_by(GateRule rule, GateMetric number, string reason)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var numbers = new Dictionary<(string, string), GateMetric>
        {
            [("accuracy", SliceNames.All)] = number,
            [("perplexity", SliceNames.All)] = number,
        };
        var facts = new GateFacts
        {
            Metrics = numbers,
            Coverage = 1,
            IsComplete = true,
            Cost = 2.004,
            Currency = "EUR",
            Previous = new PreviousFacts("ev-before", NotPaired: null, numbers),
        };

        Assert.Equal(reason, Gate.Evaluate(new GateSpec { Rules = [rule] }, facts)!.Rules[0].Reason);
    }
}
