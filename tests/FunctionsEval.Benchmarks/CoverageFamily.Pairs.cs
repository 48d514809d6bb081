using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Tasks.Preference;

namespace FunctionsEval.Benchmarks;

/// <content>Pairs of answers.</content>
internal sealed partial class CoverageFamily
{
    /// <summary>A judge that sees quality through noise, likes long answers, leans to the first one, and calls near ties ties.</summary>
    private static CoverageFamily Pairs(string name)
    {
        return new CoverageFamily(
            name,
            MetricCatalog.Create(PreferenceTask.Instance, [Spec("pairwise", ("model", "judge"))], new MetricSettings()),
            Draw
        );

        static IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var (ease, length) = (0.7 * Normal(random), Math.Exp(5 + (0.5 * Normal(random))));
                var other = (int)(length * Math.Exp(0.4 * Normal(random)));
                yield return [Answer(0.2 + ease), Answer(ease)];

                MetricSample Answer(double quality)
                {
                    var lengths = new ComparedLengths((int)(length * Math.Exp(0.2 + (0.4 * Normal(random)))), other);
                    var better = quality + Normal(random) + (0.8 * Math.Log((1.0 + lengths.Answer) / (1 + lengths.Other)));
                    return new MetricSample
                    {
                        References = ["reference"],
                        Prediction = "answer",
                        Grades = new Dictionary<string, Grade>
                        {
                            ["pairwise_first"] = Verdict(better + 0.3 + (0.3 * Normal(random)), lengths),
                            ["pairwise_second"] = Verdict(-better + 0.3 + (0.3 * Normal(random)), lengths),
                        },
                    };
                }
            }
        }

        static Grade Verdict(double first, ComparedLengths lengths) =>
            new()
            {
                Outcome = GradeOutcome.Graded,
                Label =
                    Math.Abs(first) < 0.1 ? PairwiseSpec.Tie
                    : first > 0 ? PairwiseSpec.First
                    : PairwiseSpec.Second,
                Lengths = lengths,
            };
    }

    /// <summary>Answers of 5 to 200 tokens; the preferred one is a little likelier per token, and often longer.</summary>
    private static CoverageFamily PairLikelihoods(string name)
    {
        return new CoverageFamily(
            name,
            MetricCatalog.Create(PreferenceLikelihoodTask.Instance, [Spec("preference_likelihood")], new MetricSettings()),
            Draw
        );

        static IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var (preferred, other, ease) = (random.Next(5, 201), random.Next(5, 181), 0.3 * Normal(random));
                yield return [Answer(0.15 + ease), Answer(0.05 + ease)];

                MetricSample Answer(double margin) =>
                    new()
                    {
                        References = ["preferred"],
                        Choices =
                        [
                            Choice("preferred", preferred, -1.5 + margin, isGold: true),
                            Choice("other", other, -1.5, isGold: false),
                        ],
                    };
            }

            ChoiceLikelihood Choice(string text, int tokens, double each, bool isGold) =>
                new(text, (each * tokens) + (Normal(random) * Math.Sqrt(tokens)), IsGreedy: false, isGold) { Tokens = tokens };
        }
    }
}
