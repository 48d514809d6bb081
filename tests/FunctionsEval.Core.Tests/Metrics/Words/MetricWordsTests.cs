using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Tests.Metrics.Words;

public sealed class MetricWordsTests
{
    public static TheoryData<string> Tasks => [.. TaskCatalog.All.Select(task => task.Name)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Every_number_of_every_metric_has_words_of_its_own(string task)
    {
        var settings = new MetricSettings { Labels = ["no", "yes"], PositiveLabel = "yes" };
        var names = MetricCatalog
            .ThatFit(TaskCatalog.Get(task))
            .SelectMany(metric => NamesOf(TaskCatalog.Get(task), metric, settings))
            .Distinct()
            .ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.NotEqual(MetricWords.Find(name).Metric, MetricWords.Find(name).Label));
    }

    [Theory]
    [InlineData("accuracy", MetricUnit.Share, "Accuracy")]
    [InlineData("f1_macro", MetricUnit.Share, "F1 (macro)")]
    [InlineData("f2_weighted", MetricUnit.Share, "F2 (weighted)")]
    [InlineData("lenient_accuracy", MetricUnit.Share, "Accuracy (lenient)")]
    [InlineData("strict_f1_macro", MetricUnit.Share, "F1 (macro, strict)")]
    [InlineData("f1[billing]", MetricUnit.Share, "F1 of billing")]
    [InlineData("recall[a_b[1]]", MetricUnit.Share, "Recall of a_b[1]")]
    [InlineData("rouge2_precision", MetricUnit.Share, "ROUGE-2 precision")]
    [InlineData("rougeLsum", MetricUnit.Share, "ROUGE-Lsum")]
    [InlineData("de_bleu", MetricUnit.Score, "BLEU (de)")]
    [InlineData("chrf", MetricUnit.Score, "chrF")]
    [InlineData("ter", MetricUnit.Score, "TER")]
    [InlineData("wer", MetricUnit.Share, "Word error rate")]
    [InlineData("document_perplexity", MetricUnit.Plain, "Perplexity by document")]
    [InlineData("latency_ms", MetricUnit.Milliseconds, "Latency")]
    [InlineData("reasoning_tokens", MetricUnit.Tokens, "Reasoning")]
    [InlineData("cost_per_sample", MetricUnit.Money, "Cost per sample")]
    [InlineData("judge_score", MetricUnit.Plain, "Judge's score")]
    [InlineData("style_judge_pass_rate", MetricUnit.Share, "Judge's pass rate (style)")]
    [InlineData("judge_coverage", MetricUnit.Share, "Coverage (judge)")]
    [InlineData("judge_unparsable_rate", MetricUnit.Share, "Unreadable answers (judge)")]
    [InlineData("grader_score", MetricUnit.Plain, "Grader's score")]
    [InlineData("duel_pairwise_win_rate", MetricUnit.Share, "Win rate (duel)")]
    [InlineData("pass_at_5", MetricUnit.Share, "pass@5")]
    [InlineData("pass_at_k_coverage", MetricUnit.Share, "Coverage of pass@k")]
    [InlineData("entity_overlap_f1[PER]", MetricUnit.Share, "Entity overlap F1 of PER")]
    [InlineData("r2", MetricUnit.Plain, "R²")]
    [InlineData("helpfulness", MetricUnit.Plain, "helpfulness")]
    [InlineData("my_xaccuracy", MetricUnit.Plain, "my_xaccuracy")]
    public void A_name_of_any_version_says_its_unit_and_what_sentences_call_it(string name, MetricUnit unit, string label) =>
        Assert.Equal((unit, label), (MetricWords.Find(name).Unit, MetricWords.Find(name).In(SliceNames.All)));

    [Fact]
    public void A_slice_is_named_behind_the_number() =>
        Assert.Equal("Recall of billing in language=de", MetricWords.Find("recall[billing]").In("language=de"));

    [Theory]
    [InlineData("f1_macro", "all", "average")]
    [InlineData("f1[a]", "all", "class")]
    [InlineData("f1[a]", "language=de", "slice")]
    public void A_number_is_of_all_samples_a_class_or_a_slice(string name, string slice, string group) =>
        Assert.Equal(group, MetricWords.GroupOf(name, slice));

    private static IEnumerable<string> NamesOf(TaskDefinition task, string metric, MetricSettings settings)
    {
        try
        {
            return
            [
                .. MetricCatalog
                    .Create(task, [new MetricSpec { Name = metric }], settings)
                    .SelectMany(one => one.Values)
                    .Select(value => value.Name),
            ];
        }
        catch (OptionException)
        {
            // A metric that must have options, such as a grader's rubric; its numbers are in the other tests.
            return [];
        }
    }
}
