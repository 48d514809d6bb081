using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Reads specs, and checks the names in them against this app's configuration.</summary>
internal sealed class SpecCheck(ModelRegistry models, IOptions<NotificationOptions> notifications, IOptions<HttpGraderOptions> httpGraders)
{
    /// <inheritdoc cref="Read(string, BinaryData, SpecOverrides, out EvaluationSpec?)"/>
    public RunFailure? Read(string specName, BinaryData content, out EvaluationSpec? spec) =>
        Read(specName, content, new SpecOverrides(), out spec);

    /// <summary>Reads a spec and checks what it names.</summary>
    /// <param name="specName">Its name, for messages.</param>
    /// <param name="content">Its text.</param>
    /// <param name="overrides">What holds in place of it.</param>
    /// <param name="spec">The spec; null when it cannot be read.</param>
    /// <returns>The problem; null for none.</returns>
    public RunFailure? Read(string specName, BinaryData content, SpecOverrides overrides, out EvaluationSpec? spec)
    {
        spec = null;
        try
        {
            spec = overrides.Apply(SpecReader.Read(content.ToMemory().Span, specName), specName);
        }
        catch (SpecException invalid)
        {
            return new RunFailure("invalid_spec", invalid.Message);
        }

        return Check(specName, spec);
    }

    /// <summary>Checks the metrics and models that a spec names.</summary>
    public RunFailure? Check(string specName, EvaluationSpec spec)
    {
        IReadOnlyList<Metric> metrics;
        try
        {
            metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
            Scoreboard.CheckSize(metrics, spec.Intervals);
        }
        catch (OptionException invalid)
        {
            return new RunFailure("invalid_spec", $"{specName}: {invalid.Message}");
        }

        var named = NamedModels(spec, metrics).ToList();
        return CheckWebhook(specName, spec)
            ?? CheckHttpGraders(specName, metrics)
            ?? CheckCandidates(specName, named)
            ?? named.Select(model => CheckModel(specName, spec, metrics, model)).FirstOrDefault(failure => failure is not null);
    }

    /// <summary>Names all models under test that are not configured, where there are several.</summary>
    private RunFailure? CheckCandidates(string specName, List<NamedModel> named)
    {
        var unknown = named.Where(model => model.IsUnderTest && !models.TryGet(model.Name, out _)).ToList();
        return unknown.Count > 1
            ? new RunFailure(
                "unknown_model",
                $"{specName}: candidates: models {string.Join(", ", unknown.Select(model => $"'{model.Name}'"))} are not configured. "
                    + $"Configured models: {ConfiguredNames()}. Name some of them, or add app settings Models__0__Name, "
                    + "Models__0__Endpoint, Models__0__Deployment, … for each."
            )
            : null;
    }

    private string ConfiguredNames() => models.Names.Count > 0 ? string.Join(", ", models.Names) : "none";

    private RunFailure? CheckWebhook(string specName, EvaluationSpec spec) =>
        spec.Notify?.Webhook is { } webhook && !notifications.Value.Webhooks.ContainsKey(webhook)
            ? new RunFailure(
                "invalid_spec",
                $"{specName}: notify.webhook: webhook '{webhook}' is not configured. "
                    + $"Add the app settings Notifications__Webhooks__{webhook}__Url and __Secret, or leave it out."
            )
            : null;

    private RunFailure? CheckHttpGraders(string specName, IReadOnlyList<Metric> metrics) =>
        metrics
            .SelectMany(metric => metric.Graders)
            .OfType<HttpGraderSpec>()
            .FirstOrDefault(grader => !httpGraders.Value.Http.ContainsKey(grader.Endpoint))
            is { } unknown
            ? new RunFailure(
                "invalid_spec",
                $"{specName}: {unknown.Place}: HTTP grader '{unknown.Endpoint}' is not configured. Add the app settings {HttpGraderOptions.Section}__Http__{unknown.Endpoint}__Url and __Secret."
            )
            : null;

    /// <summary>The models that a spec names, and where.</summary>
    private static IEnumerable<NamedModel> NamedModels(EvaluationSpec spec, IReadOnlyList<Metric> metrics)
    {
        yield return new NamedModel("model", spec.Model, Embeds: false);
        foreach (var candidate in spec.Candidates)
        {
            yield return new NamedModel("candidates", candidate, Embeds: false);
        }

        if (BaselineReference.From(spec.Baseline) is BaselineReference.CalledModel { Name: var baseline })
        {
            yield return new NamedModel("baseline", baseline, Embeds: false);
        }

        foreach (var grader in metrics.SelectMany(metric => metric.Graders).OfType<ModelGraderSpec>())
        {
            yield return new NamedModel(grader.Place, grader.Model, grader.Embeds);
        }
    }

    private RunFailure? CheckModel(string specName, EvaluationSpec spec, IReadOnlyList<Metric> metrics, NamedModel named)
    {
        if (!models.TryGet(named.Name, out var model))
        {
            return UnknownModel(specName, named);
        }

        var problem =
            CheckEmbedding(named, model.Options)
            ?? CheckPrices(spec, metrics, named, model.Options)
            ?? CheckScoring(spec, model.Options)
            ?? CheckLabels(spec, metrics, named, model.Options);
        return problem is null ? null : new RunFailure("invalid_spec", $"{specName}: {named.Field}: model '{named.Name}' {problem}");
    }

    private RunFailure UnknownModel(string specName, NamedModel named)
    {
        return new RunFailure(
            "unknown_model",
            named.Name.Contains('*')
                ? $"{specName}: {named.Field}: model '{named.Name}' is a template. Name a deployment in place of the *, "
                    + $"such as {ModelRegistry.NameOf(named.Name, "my-deployment")}."
                : $"{specName}: {named.Field}: model '{named.Name}' is not configured. Configured models: {ConfiguredNames()}. "
                    + $"Name one of them, or add the app settings Models__0__Name={named.Name}, Models__0__Endpoint, Models__0__Deployment, …"
        );
    }

    private static string? CheckEmbedding(NamedModel named, ModelOptions model) =>
        named.Embeds == model.Api.GivesEmbeddings ? null
        : named.Embeds
            ? $"gives no embeddings. Set {model.Setting(nameof(ModelOptions.Api))}=Embeddings if its endpoint has them, "
                + "or name another model."
        : "gives embeddings, not answers. Name another model.";

    private static string? CheckPrices(EvaluationSpec spec, IReadOnlyList<Metric> metrics, NamedModel named, ModelOptions model) =>
        NeedsPrices(spec, metrics, named) && model is not { InputPricePerMillionTokens: not null, OutputPricePerMillionTokens: not null }
            ? "has no prices, which limits.maxCost, the rule maximumCost and the metric cost need. "
                + $"Set {model.Setting(nameof(ModelOptions.InputPricePerMillionTokens))} and "
                + $"{nameof(ModelOptions.OutputPricePerMillionTokens)}."
            : null;

    private static string? CheckScoring(EvaluationSpec spec, ModelOptions model) =>
        spec.Task.ScoresGivenTexts && !model.Api.ScoresTexts
            ? $"is called through the {model.Api.SpokenName} API, which does not score given texts. "
                + $"If its endpoint does ({ScoringAdvice.Needs}), set {model.Setting(nameof(ModelOptions.Api))}=Completions. "
                + $"{ScoringAdvice.Instead(spec.Task.Answer == AnswerKind.ScoredChoices)}"
            : null;

    private static string? CheckLabels(EvaluationSpec spec, IReadOnlyList<Metric> metrics, NamedModel named, ModelOptions model) =>
        ScoresLabels(spec, metrics) && named.IsEvaluated && !model.Api.ScoresTexts
            ? $"is called through the {model.Api.SpokenName} API, which cannot score each label as labelProbabilities 'exact' asks. "
                + $"Set {model.Setting(nameof(ModelOptions.Api))}=Completions if its endpoint has completions with echo, "
                + "or write \"labelProbabilities\": \"alternatives\"."
            : null;

    private static bool ScoresLabels(EvaluationSpec spec, IReadOnlyList<Metric> metrics) =>
        spec.LabelProbabilities == LabelProbabilityMethod.Exact
        && metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities));

    private static bool NeedsPrices(EvaluationSpec spec, IReadOnlyList<Metric> metrics, NamedModel named) =>
        spec.Limits.MaxCost is not null
        || spec.Gate?.Rules.Any(rule => rule.NeedsPrices) == true
        || (named.IsEvaluated && metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.Cost)));

    /// <summary>A model that a spec names.</summary>
    /// <param name="Field">Where.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Embeds">Whether it must give embeddings, not answers.</param>
    private sealed record NamedModel(string Field, string Name, bool Embeds)
    {
        /// <summary>Whether it is evaluated, and no grader.</summary>
        public bool IsEvaluated => IsUnderTest || Field == "baseline";

        /// <summary>Whether it is under test.</summary>
        public bool IsUnderTest => Field is "model" or "candidates";
    }
}
