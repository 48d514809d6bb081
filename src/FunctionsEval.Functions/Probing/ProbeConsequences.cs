using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Probing;

/// <summary>What cannot be evaluated with a model that lacks features, as the catalogues of tasks and metrics say.</summary>
internal static class ProbeConsequences
{
    /// <summary>The consequences of what a probe found missing, in the order of the findings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="findings">What was found.</param>
    public static IReadOnlyList<ProbeConsequence> From(ModelOptions model, IReadOnlyList<ProbeFinding> findings)
    {
        var works = findings.Where(finding => finding.State == ProbeState.Works).Select(finding => finding.Feature).ToHashSet();
        return
        [
            .. findings
                .Where(finding => finding.State == ProbeState.Missing)
                .Select(finding => From(finding.Feature, works, model))
                .Where(consequence => consequence.Tasks.Count + consequence.Metrics.Count + consequence.SpecFields.Count > 0),
        ];
    }

    /// <summary>The features that a task needs of a model.</summary>
    /// <param name="task">The task.</param>
    public static IReadOnlyList<ProbeFeature> NeedsOf(TaskDefinition task) =>
        task.Answer switch
        {
            AnswerKind.ScoredText => [ProbeFeature.ScoredText],
            AnswerKind.ScoredChoices => [ProbeFeature.ScoredChoices],
            _ => task.ReadsToolCalls ? [ProbeFeature.Answer, ProbeFeature.Tools] : [ProbeFeature.Answer],
        };

    /// <summary>The detail of answers that a feature gives; none for one that gives something else.</summary>
    /// <param name="feature">The feature.</param>
    public static AnswerDetail DetailOf(ProbeFeature feature) =>
        feature switch
        {
            ProbeFeature.LogProbabilities => AnswerDetail.LogProbabilities,
            ProbeFeature.LabelProbabilities => AnswerDetail.LabelProbabilities,
            ProbeFeature.Usage or ProbeFeature.Prices => AnswerDetail.Cost,
            _ => AnswerDetail.None,
        };

    private static ProbeConsequence From(ProbeFeature feature, HashSet<ProbeFeature> works, ModelOptions model)
    {
        TaskDefinition[] tasks = [.. TaskCatalog.All.Where(task => NeedsOf(task).Contains(feature))];
        var scoresLabels = feature == ProbeFeature.LabelProbabilities && works.Contains(ProbeFeature.ScoredChoices);
        return new ProbeConsequence(
            feature,
            [.. tasks.Select(task => task.Name)],
            scoresLabels ? [] : [.. MetricsWithout(tasks).Union(MetricsThatNeed(DetailOf(feature))).Order(StringComparer.Ordinal)],
            FieldsOf(feature),
            scoresLabels
                ? "Write \"labelProbabilities\": \"exact\" in the spec: each label is then scored by itself."
                : InsteadOf(feature, model)
        );
    }

    /// <summary>The metrics that fit none but the given tasks.</summary>
    private static IEnumerable<string> MetricsWithout(TaskDefinition[] tasks) =>
        tasks.SelectMany(MetricCatalog.ThatFit).Distinct().Except(TaskCatalog.All.Except(tasks).SelectMany(MetricCatalog.ThatFit));

    /// <summary>The metrics of written answers that need a detail of them.</summary>
    private static IEnumerable<string> MetricsThatNeed(AnswerDetail detail) =>
        detail == AnswerDetail.None
            ? []
            : TaskCatalog
                .All.Where(task => task.Answer == AnswerKind.Written)
                .SelectMany(task => MetricCatalog.ThatNeed(task, detail))
                .Distinct();

    private static IReadOnlyList<string> FieldsOf(ProbeFeature feature) =>
        feature switch
        {
            ProbeFeature.Temperature => ["sampling.temperature"],
            ProbeFeature.Seed => ["sampling.seed"],
            ProbeFeature.Streaming => ["sampling.stream"],
            ProbeFeature.Stop => ["sampling.stop"],
            ProbeFeature.LogProbabilities => ["sampling.logProbabilities"],
            ProbeFeature.LabelProbabilities => ["labelProbabilities"],
            ProbeFeature.Tools => ["tools", "toolChoice"],
            ProbeFeature.JsonObject => ["responseFormat json_object"],
            ProbeFeature.JsonSchema => ["responseFormat json_schema"],
            ProbeFeature.Prices => ["limits.maxCost", "gate maximumCost"],
            _ => [],
        };

    private static string? InsteadOf(ProbeFeature feature, ModelOptions model) =>
        feature switch
        {
            ProbeFeature.ScoredText => ScoringAdvice.Instead(choices: false),
            ProbeFeature.ScoredChoices => ScoringAdvice.Instead(choices: true),
            ProbeFeature.Tools => "Start the server with tool calls, name another model, or write \"tools\": \"ignore\" in the spec.",
            ProbeFeature.Answer when model.Api.GivesEmbeddings => "Name the model in the metric semantic_similarity.",
            _ => null,
        };
}
