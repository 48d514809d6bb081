using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Tasks.Preference;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Likelihoods of the two answers of a pair. Expected values by hand.</summary>
public sealed class PreferenceLikelihoodTests
{
    private static readonly Metric Likelihood = Samples.Create(PreferenceLikelihoodTask.Instance, "preference_likelihood");

    [Fact]
    public void Numbers_are_those_of_the_definitions()
    {
        var values = Samples.Values(
            Likelihood,
            Pair(-10, 5, -12, 3), // More likely; per token −2 against −4.
            Pair(-20, 4, -12, 2), // Less likely; per token −5 against −6.
            Pair(-7, 7, -7, 7), // A tie prefers neither.
            Pair(-9, 0, -5.5, 3) // The tokens of one answer are not known.
        );

        Assert.Equal(1 / 4.0, values["preference_accuracy"], 12);
        Assert.Equal(2 / 3.0, values["preference_accuracy_per_token"], 12);
        Assert.Equal((2 - 8 + 0 - 3.5) / 4, values["preference_margin"], 9);
        Assert.Equal((2 + 1 + 0) / 3.0, values["preference_margin_per_token"], 9);
    }

    /// <summary>Oracle: lm-evaluation-harness' acc on two choices, which the golden files of multiple_choice hold.</summary>
    [Fact]
    public void Without_ties_the_accuracy_is_that_of_two_choices()
    {
        var choices = Samples.Create(PreferenceLikelihoodTask.Instance, "multiple_choice");
        Gen.Select(Gen.Int[-100, -1], Gen.Int[1, 40], Gen.Int[-100, -1], Gen.Int[1, 40])
            .Where((first, _, second, _) => first != second)
            .Select((first, tokens, second, otherTokens) => Pair(first, tokens, second, otherTokens))
            .Array[1, 20]
            .Sample(pairs =>
                Assert.Equal(Samples.Values(choices, pairs)["acc"], Samples.Values(Likelihood, pairs)["preference_accuracy"], 12)
            );
    }

    [Fact]
    public void Preference_turned_round_turns_the_margin_round() =>
        Gen.Select(Gen.Int[-100, -1], Gen.Int[1, 40], Gen.Int[-100, -1], Gen.Int[1, 40])
            .Array[1, 20]
            .Sample(pairs =>
            {
                var values = Samples.Values(Likelihood, pairs.Select(pair => Pair(pair.Item1, pair.Item2, pair.Item3, pair.Item4)));
                var turned = Samples.Values(Likelihood, pairs.Select(pair => Pair(pair.Item3, pair.Item4, pair.Item1, pair.Item2)));
                Assert.Equal(-values["preference_margin"], turned["preference_margin"], 9);
                Assert.Equal(-values["preference_margin_per_token"], turned["preference_margin_per_token"], 8);
                Assert.InRange(values["preference_accuracy"] + turned["preference_accuracy"], 0, 1 + 1e-12);
            });

    [Fact]
    public void Sample_without_a_pair_is_not_measured()
    {
        var values = Samples.Values(Likelihood, new MetricSample { References = ["a"] });
        Assert.All(values.Values, value => Assert.Equal(double.NaN, value));
    }

    private static MetricSample Pair(double preferred, int tokens, double other, int otherTokens) =>
        new()
        {
            References = ["yes"],
            Choices =
            [
                new ChoiceLikelihood("yes", preferred, IsGreedy: false, IsGold: true) { Tokens = tokens },
                new ChoiceLikelihood("no", other, IsGreedy: false, IsGold: false) { Tokens = otherTokens },
            ],
        };
}
