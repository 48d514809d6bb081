using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Gates;

/// <summary>
/// The gate on data whose truth is known by construction: each sample is right with a probability that is given, so that the better
/// model is known, and a pass where it must not be is a wrong one.
/// </summary>
public sealed class GateDecisionTests
{
    private const double Alpha = 0.05;
    private const int Simulations = 200;

    public static TheoryData<GateRule, double, double, VerdictResult> Truths =>
        new()
        {
            // rule, baseline's and candidate's true accuracy, verdict that 1,000 samples must lead to
            { Better, 0.70, 0.82, VerdictResult.Pass },
            { Better, 0.76, 0.76, VerdictResult.Inconclusive },
            { Better, 0.82, 0.70, VerdictResult.Fail },
            { NotWorse, 0.70, 0.82, VerdictResult.Pass },
            { NotWorse, 0.82, 0.70, VerdictResult.Fail },
            { Equivalent, 0.70, 0.82, VerdictResult.Fail },
            { Equivalent, 0.82, 0.70, VerdictResult.Fail },
        };

    private static GateRule Better => new BetterThanBaselineRule { Metric = "accuracy", BetterThanBaselineAtAlpha = Alpha };

    private static GateRule NotWorse => new NotWorseThanBaselineRule { Metric = "accuracy", NotWorseThanBaselineBy = 0.03 };

    private static GateRule Equivalent => new EquivalentToBaselineRule { Metric = "accuracy", EquivalentToBaselineWithin = 0.05 };

    [Theory]
    [MemberData(nameof(Truths))]
    public void Verdict_follows_the_truth(GateRule rule, double baseline, double candidate, VerdictResult expected) =>
        Assert.Equal(expected, Decide(rule, samples: 1000, baseline, candidate, seed: 11));

    [Fact]
    public void Models_that_answer_alike_are_equivalent_and_not_better()
    {
        Assert.Equal(VerdictResult.Pass, Decide(Equivalent, samples: 2000, 0.8, 0.8, seed: 5, disagreement: 0.1));
        Assert.Equal(VerdictResult.Inconclusive, Decide(Better, samples: 2000, 0.8, 0.8, seed: 5, disagreement: 0.1));
    }

    [Fact]
    public void Few_samples_are_inconclusive_even_for_a_better_model() =>
        Assert.Equal(VerdictResult.Inconclusive, Decide(Better, samples: 10, 0.70, 0.82, seed: 11));

    [Fact]
    public void Equal_models_pass_as_better_at_most_as_often_as_alpha_says() => AssertWrongPasses(Better, baseline: 0.8, candidate: 0.8);

    [Fact]
    public void Model_worse_by_the_margin_passes_as_not_worse_at_most_as_often_as_alpha_says() =>
        AssertWrongPasses(NotWorse, baseline: 0.8, candidate: 0.77);

    [Fact]
    public void Model_that_differs_by_the_margin_passes_as_equivalent_at_most_as_often_as_alpha_says() =>
        AssertWrongPasses(Equivalent, baseline: 0.8, candidate: 0.85);

    private static void AssertWrongPasses(GateRule rule, double baseline, double candidate)
    {
        var wrong = Enumerable
            .Range(0, Simulations)
            .Count(simulation => Decide(rule, samples: 300, baseline, candidate, seed: 1000 + (ulong)simulation) == VerdictResult.Pass);
        Assert.True(wrong <= Alpha * Simulations, $"{wrong} of {Simulations} passed.");
    }

    /// <summary>Draws answers and has the gate decide.</summary>
    /// <param name="rule">The gate's only rule.</param>
    /// <param name="samples">How many samples are drawn.</param>
    /// <param name="baseline">Probability that the baseline is right.</param>
    /// <param name="candidate">Probability that the candidate is right.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="disagreement">Share of samples on which the candidate is drawn anew; on the others it answers as the baseline
    /// does.</param>
    private static VerdictResult Decide(GateRule rule, int samples, double baseline, double candidate, ulong seed, double disagreement = 1)
    {
        var spec = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "candidate",
            Baseline = "baseline",
            Labels = ["yes", "no"],
            Metrics = [new MetricSpec { Name = "accuracy" }],
            Gate = new GateSpec { Rules = [rule] },
        };
        var draws = new SplitMix64(seed);
        var answers = Enumerable
            .Range(0, samples)
            .Select(sample =>
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{seed}-{sample}");
                var baselineIsRight = Uniform() < baseline;
                var candidateIsRight = Uniform() < disagreement ? Uniform() < candidate : baselineIsRight;
                return new AnswerPair(Answer(id, sample, candidateIsRight), Answer(id, sample, baselineIsRight));
            });
        return OfflineScore.Compute(spec, answers).Verdict!.Result;

        double Uniform() => (draws.Next() >> 11) * (1.0 / (1L << 53));
    }

    private static EvaluatedSample Answer(string id, int ordinal, bool isRight) =>
        new()
        {
            Id = id,
            Ordinal = ordinal,
            Line = ordinal + 1,
            Offset = ordinal,
            Outcome = Outcome.Scored,
            References = ["yes"],
            Prediction = isRight ? "yes" : "no",
        };
}
