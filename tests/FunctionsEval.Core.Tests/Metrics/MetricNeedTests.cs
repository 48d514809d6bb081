using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>What the catalogue says of metrics' needs without a spec.</summary>
public sealed class MetricNeedTests
{
    private static readonly MetricSettings Settings = new() { Labels = ["no", "yes"], PositiveLabel = "yes" };

    [Theory]
    [InlineData("classification", AnswerDetail.LabelProbabilities, "average_precision brier calibration log_loss roc_auc top_k_accuracy")]
    [InlineData("classification", AnswerDetail.LogProbabilities, "self_perplexity")]
    [InlineData("generation", AnswerDetail.LabelProbabilities, "")]
    [InlineData("generation", AnswerDetail.Cost, "cost")]
    [InlineData("language_modelling", AnswerDetail.LogProbabilities, "perplexity")]
    public void Metrics_that_need_a_detail_are_found_by_task(string task, AnswerDetail detail, string expected) =>
        Assert.Equal(expected, string.Join(' ', MetricCatalog.ThatNeed(TaskCatalog.Get(task), detail)));

    [Fact]
    public void Metrics_of_a_task_are_those_that_a_spec_of_it_can_name()
    {
        foreach (var task in TaskCatalog.All)
        {
            var fitting = MetricCatalog.Names.Where(name =>
            {
                try
                {
                    MetricCatalog.Create(task, [new MetricSpec { Name = name }], Settings);
                    return true;
                }
                catch (OptionException misfit)
                {
                    return !misfit.Problem.Contains("does not fit the task", StringComparison.Ordinal);
                }
            });
            Assert.Equal(fitting, MetricCatalog.ThatFit(task));
        }
    }

    /// <summary>
    /// A metric that cannot be created without options is not asked for its needs. A new one that belongs here and needs a detail of
    /// answers must be asked in another way.
    /// </summary>
    [Fact]
    public void Metrics_that_must_have_options_are_graders_and_rules_of_fields()
    {
        var without = MetricCatalog.Names.Where(name =>
            TaskCatalog.All.All(task =>
            {
                try
                {
                    MetricCatalog.Create(task, [new MetricSpec { Name = name }], Settings);
                    return false;
                }
                catch (OptionException)
                {
                    return true;
                }
            })
        );
        HashSet<string> known =
        [
            "field_confusion",
            "grader",
            "judge",
            "pairwise",
            "schema_valid",
            "semantic_similarity",
            "within_tolerance",
        ];
        Assert.Empty(without.Except(known));
    }
}
