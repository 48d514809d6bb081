using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class TextMetricTests
{
    [Theory]
    [InlineData("bleu", "bleu", 0)]
    [InlineData("chrf", "chrf", 0)]
    [InlineData("ter", "ter", 100)]
    [InlineData("wer", "wer", 1)]
    [InlineData("cer", "cer", 1)]
    [InlineData("rouge", "rouge1", 0)]
    [InlineData("squad", "squad_f1", 0)]
    [InlineData("exact_match", "exact_match", 0)]
    public void An_unparsable_answer_is_as_bad_as_an_empty_one(string name, string value, double expected)
    {
        var metric = Samples.Create(EvaluationTask.Generation, name);
        Assert.Equal(expected, Samples.Values(metric, new MetricSample { References = ["some words here"] })[value], 1e-9);
    }

    [Fact]
    public void ExactMatch_does_not_take_an_unparsable_answer_for_an_empty_reference() =>
        Assert.Equal(0, Samples.Values(Samples.Create(EvaluationTask.Generation, "exact_match"), new MetricSample { References = [""] })["exact_match"]);

    [Fact]
    public void ExactMatch_with_all_normalisers_ignores_case_punctuation_articles_numbers_and_white_space()
    {
        var metric = Samples.Create(
            EvaluationTask.Generation,
            "exact_match",
            ("ignore_case", true),
            ("ignore_punctuation", true),
            ("ignore_articles", true),
            ("ignore_numbers", true),
            ("ignore_whitespace", true));
        Assert.Equal(1, Samples.Values(metric, new MetricSample { References = ["eiffel  tower"], Prediction = " The Eiffel Tower (1889)!" })["exact_match"]);
    }

    [Fact]
    public void Wer_of_empty_references_and_a_nonempty_hypothesis_is_undefined() =>
        Assert.Equal(double.NaN, Samples.Values(Samples.Create(EvaluationTask.Generation, "wer"), new MetricSample { References = [""], Prediction = "a" })["wer"]);

    [Fact]
    public void Perplexity_without_log_probabilities_counts_no_sample()
    {
        var metric = Samples.Create(EvaluationTask.LanguageModelling, "perplexity");
        var state = Samples.Sum(metric, [new MetricSample { References = ["a"] }]);
        Assert.Equal(0, metric.CountSamples(state.Sums, 1));
    }

    [Fact]
    public void SelfPerplexity_is_named_apart_from_perplexity_of_the_reference()
    {
        var metric = Samples.Create(EvaluationTask.Generation, "self_perplexity");
        var sample = new MetricSample { References = ["a"], ScoredText = "b c", LogProbability = -4, LogProbabilityTokens = 2 };
        Assert.Equal(Math.Exp(2), Samples.Values(metric, sample)["self_perplexity"], 1e-9);
        Assert.All(metric.Values, value => Assert.StartsWith("self_", value.Name, StringComparison.Ordinal));
    }
}
