using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Reads specs, and holds what they name against what this app has.</summary>
internal sealed class SpecCheck(ModelRegistry models, IOptions<NotificationOptions> notifications)
{
    /// <summary>Reads a spec and checks what it names.</summary>
    /// <param name="specName">Its name, for messages.</param>
    /// <param name="content">Its text.</param>
    /// <param name="spec">The spec; null when it cannot be read.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public RunFailure? Read(string specName, BinaryData content, out EvaluationSpec? spec)
    {
        spec = null;
        try
        {
            spec = SpecReader.Read(content.ToMemory().Span, specName);
        }
        catch (SpecException invalid)
        {
            return new RunFailure("invalid_spec", invalid.Message);
        }

        return Check(specName, spec);
    }

    /// <summary>Checks what a spec names against this app: metrics and models.</summary>
    public RunFailure? Check(string specName, EvaluationSpec spec)
    {
        IReadOnlyList<Metric> metrics;
        try
        {
            metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.Labels, spec.PositiveLabel);
            Scoreboard.CheckSize(metrics, spec.Intervals);
        }
        catch (MetricSpecException invalid)
        {
            return new RunFailure("invalid_spec", $"{specName}: {invalid.Message}");
        }

        if (spec.Notify?.Webhook is { } webhook && !notifications.Value.Webhooks.ContainsKey(webhook))
        {
            return new RunFailure(
                "invalid_spec",
                $"{specName}: notify.webhook: webhook '{webhook}' is not configured. Add the app settings Notifications__Webhooks__{webhook}__Url and __Secret, or leave it out."
            );
        }

        (string Field, string? Name, bool Embeds)[] named =
        [
            ("model", spec.Model, false),
            ("baseline", spec.Baseline, false),
            .. GraderPlaces(spec)
                .Zip(
                    metrics.Select(metric => metric.Grader).OfType<GraderSpec>(),
                    (path, grader) => ($"{path}.model", (string?)grader.Model, grader is SimilaritySpec)
                ),
        ];
        foreach (var (field, name, embeds) in named)
        {
            if (name is null)
            {
                continue;
            }

            if (models.TryGet(name, out var model))
            {
                if (embeds != (model.Options.Api == ModelApi.Embeddings))
                {
                    return new RunFailure(
                        "invalid_spec",
                        $"{specName}: {field}: model '{name}' {(embeds ? "gives no embeddings" : "gives embeddings, not answers")}. "
                            + $"{(embeds ? $"Set {model.Options.Setting(nameof(ModelOptions.Api))}=Embeddings if its endpoint has them, or name" : "Name")} another model."
                    );
                }

                if (
                    NeedsPrices(spec)
                    && model.Options is not { InputPricePerMillionTokens: not null, OutputPricePerMillionTokens: not null }
                )
                {
                    return new RunFailure(
                        "invalid_spec",
                        $"{specName}: {field}: model '{name}' has no prices, which limits.maxCost and the rule maximumCost need. "
                            + $"Set {model.Options.Setting(nameof(ModelOptions.InputPricePerMillionTokens))} and {nameof(ModelOptions.OutputPricePerMillionTokens)}."
                    );
                }

                if ((spec.Task is EvaluationTask.LanguageModelling or EvaluationTask.MultipleChoice) && model.Options.Api == ModelApi.Chat)
                {
                    return new RunFailure(
                        "invalid_spec",
                        $"{specName}: {field}: model '{name}' is called through the chat API, which does not score given texts. "
                            + $"If its endpoint does ({ScoringAdvice.Needs}), set {model.Options.Setting(nameof(ModelOptions.Api))}=Completions. {ScoringAdvice.Instead(spec.Task == EvaluationTask.MultipleChoice)}"
                    );
                }

                if (ScoresLabels(spec, metrics) && field is "model" or "baseline" && model.Options.Api != ModelApi.Completions)
                {
                    return new RunFailure(
                        "invalid_spec",
                        $"{specName}: {field}: model '{name}' is called through the chat API, which cannot score each label as labelProbabilities 'exact' asks. "
                            + $"Set {model.Options.Setting(nameof(ModelOptions.Api))}=Completions if its endpoint has completions with echo, or write \"labelProbabilities\": \"alternatives\"."
                    );
                }
            }
            else
            {
                var configured = models.Names.Count > 0 ? string.Join(", ", models.Names) : "none";
                return new RunFailure(
                    "unknown_model",
                    $"{specName}: {field}: model '{name}' is not configured. Configured models: {configured}. "
                        + $"Name one of them, or add the app settings Models__0__Name={name}, Models__0__Endpoint, Models__0__Deployment, …"
                );
            }
        }

        return null;
    }

    /// <summary>Where the metrics stand for which a model is asked: only they have the option.</summary>
    private static IEnumerable<string> GraderPlaces(EvaluationSpec spec) =>
        spec.Metrics.Index().Where(metric => metric.Item.Options.ContainsKey("model")).Select(metric => $"metrics[{metric.Index}]");

    private static bool ScoresLabels(EvaluationSpec spec, IReadOnlyList<Metric> metrics) =>
        spec.LabelProbabilities == LabelProbabilityMethod.Exact
        && metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities));

    private static bool NeedsPrices(EvaluationSpec spec) =>
        spec.Limits.MaxCost is not null || spec.Gate?.Rules.Any(rule => rule.MaximumCost is not null) == true;
}
