using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.LanguageModelling;

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
        var metric = Samples.Create(GenerationTask.Instance, name);
        Assert.Equal(expected, Samples.Values(metric, new MetricSample { References = ["some words here"] })[value], 1e-9);
    }

    [Theory]
    [InlineData("rouge", 131_072, true)]
    [InlineData("rouge", 131_073, false)]
    [InlineData("cer", 131_073, false)]
    [InlineData("wer", 131_073, false)]
    [InlineData("ter", 65_536, true)]
    [InlineData("ter", 65_537, false)]
    [InlineData("bleu", 1_000_000, true)]
    public void Texts_beyond_a_metrics_limit_are_no_longer_scored(string name, int characters, bool isScored)
    {
        var measurer = new RowMeasurer(
            new EvaluationSpec
            {
                Task = GenerationTask.Instance,
                Model = "m",
                Metrics = [new MetricSpec { Name = name }],
            }
        );
        var text = new string('a', characters);
        var row = new EvaluatedSample
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = [text[..(characters / 2)], text[(characters / 2)..]],
            Text = text,
            Prediction = text,
        };

        var measured = measurer.WithinLimits(row);

        Assert.Equal(isScored ? Outcome.Scored : Outcome.TooLongToScore, measured.Outcome);
        Assert.Equal(isScored, measured.Reason is null);
        Assert.Equal(isScored, measured.IsMeasured);
    }

    [Fact]
    public void A_lenient_reading_has_the_limit_of_its_metric()
    {
        var options = new Dictionary<string, JsonElement> { ["parse"] = JsonSerializer.SerializeToElement("lenient") };
        var measurer = new RowMeasurer(
            new EvaluationSpec
            {
                Task = GenerationTask.Instance,
                Model = "m",
                Metrics = [new MetricSpec { Name = "cer", Options = options }],
            }
        );
        var text = new string('a', 200_000);
        var row = new EvaluatedSample
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Unparsable,
            References = [text],
            Text = text,
            LenientPrediction = text,
        };

        Assert.StartsWith(
            "too_long_to_score: cer takes at most 17,179,869,184 pairs",
            measurer.WithinLimits(row).Reason,
            StringComparison.Ordinal
        );
    }

    /// <summary>As rouge_score, which knows a–z and 0–9 alone.</summary>
    [Theory]
    [InlineData("default", 0, true)]
    [InlineData("char", 1, false)]
    public void Rouge_warns_of_a_script_that_its_tokenizer_does_not_know(string tokenizer, double expected, bool warns)
    {
        var options = new Dictionary<string, JsonElement> { ["tokenizer"] = JsonSerializer.SerializeToElement(tokenizer) };
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Metrics = [new MetricSpec { Name = "rouge", Options = options }],
        };
        var row = new EvaluatedSample
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = ["แมวนั่งอยู่บนเสื่อ"],
            Prediction = "แมวนั่งอยู่บนเสื่อ",
        };

        var result = OfflineScore.Compute(spec, [new AnswerPair(row, null)]);

        Assert.Equal(expected, result.Metrics.First(line => line.Name == "rouge1").Value);
        Assert.Equal(
            warns,
            result.Warnings.Any(warning =>
                warning.Contains("ROUGE finds no token in the references of 1 of 1 samples", StringComparison.Ordinal)
            )
        );
    }

    [Theory]
    [InlineData("bleu", "tokenize", "ja-mecab", "metrics[0].tokenize", "MeCab")]
    [InlineData("bleu", "tokenize", "flores200", "metrics[0].tokenize", "SentencePiece")]
    [InlineData("rouge", "tokenizer", "ko-mecab", "metrics[0].tokenizer", "MeCab")]
    public void Tokenizers_that_are_not_offered_are_named_with_the_reason(
        string metric,
        string option,
        string value,
        string path,
        string reason
    )
    {
        var options = new Dictionary<string, JsonElement> { [option] = JsonSerializer.SerializeToElement(value) };
        var error = Assert.Throws<OptionException>(() =>
            MetricCatalog.Create(GenerationTask.Instance, [new MetricSpec { Name = metric, Options = options }], new MetricSettings())
        );

        Assert.Equal(path, error.Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExactMatch_does_not_take_an_unparsable_answer_for_an_empty_reference() =>
        Assert.Equal(
            0,
            Samples.Values(Samples.Create(GenerationTask.Instance, "exact_match"), new MetricSample { References = [""] })["exact_match"]
        );

    [Fact]
    public void ExactMatch_with_all_normalisers_ignores_case_punctuation_articles_numbers_and_white_space()
    {
        var metric = Samples.Create(
            GenerationTask.Instance,
            "exact_match",
            ("ignore_case", true),
            ("ignore_punctuation", true),
            ("ignore_articles", true),
            ("ignore_numbers", true),
            ("ignore_whitespace", true)
        );
        Assert.Equal(
            1,
            Samples.Values(metric, new MetricSample { References = ["eiffel  tower"], Prediction = " The Eiffel Tower (1889)!" })[
                "exact_match"
            ]
        );
    }

    [Fact]
    public void Wer_of_empty_references_and_a_nonempty_hypothesis_is_undefined() =>
        Assert.Equal(
            double.NaN,
            Samples.Values(Samples.Create(GenerationTask.Instance, "wer"), new MetricSample { References = [""], Prediction = "a" })["wer"]
        );

    [Fact]
    public void Perplexity_without_log_probabilities_counts_no_sample()
    {
        var metric = Samples.Create(LanguageModellingTask.Instance, "perplexity");
        Assert.All(
            MetricScore.Report([metric], [new MetricSample { References = ["a"] }]).Results,
            result => Assert.Equal((0, UndefinedReason.NoSample), (result.Samples, result.ValueMissing))
        );
    }

    [Fact]
    public void SelfPerplexity_is_named_apart_from_perplexity_of_the_reference()
    {
        var metric = Samples.Create(GenerationTask.Instance, "self_perplexity");
        var sample = new MetricSample
        {
            References = ["a"],
            ScoredText = "b c",
            LogProbability = -4,
            LogProbabilityTokens = 2,
        };
        Assert.Equal(Math.Exp(2), Samples.Values(metric, sample)["self_perplexity"], 1e-9);
        Assert.All(metric.Values, value => Assert.StartsWith("self_", value.Name, StringComparison.Ordinal));
    }
}
