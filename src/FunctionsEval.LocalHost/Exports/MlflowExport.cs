using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// A run in an MLflow tracking server: parameters, numbers, tags, report and summary. Exported once more it is the same run there, which
/// its tag <c>functionseval.run_id</c> finds. No sample's text is sent.
/// </summary>
internal static class MlflowExport
{
    private const string RunIdTag = "functionseval.run_id";
    private const int MaxParameterLength = 6_000;
    private const int MaxTagLength = 5_000;

    /// <summary>Exports a run.</summary>
    /// <returns>What to print.</returns>
    /// <exception cref="LocalHostException">The run has not ended, the server refuses, or --to is not given.</exception>
    public static async Task<string> SendAsync(ExportSource source, CancellationToken cancellationToken)
    {
        var run = source.RequireOneCandidate().Run;
        if (source.Server is not { } server)
        {
            throw new LocalHostException("The format mlflow needs a tracking server: --to http://127.0.0.1:5000.");
        }

        if (!run.Status.HasEnded)
        {
            throw new LocalHostException($"Run {run.RunId} has not ended. Export it when it has: watch {run.RunId}.");
        }

        using var client = new MlflowClient(server, Environment.GetEnvironmentVariable);
        var experiment = await client.EnsureExperimentAsync(source.Experiment ?? run.Suite ?? source.Name, cancellationToken);
        var id = new MlflowTag(RunIdTag, run.RunId);
        var state = StateOf(source);
        var known = await client.FindRunAsync(experiment, id, cancellationToken);
        var target = known ?? await client.CreateRunAsync(experiment, state, [id], cancellationToken);
        var metrics = Metrics(source).ToList();
        await client.LogAsync(target.RunId, metrics, Parameters(source), Tags(source), cancellationToken);
        var artifacts = await UploadAsync(client, target, source, cancellationToken);
        await client.UpdateRunAsync(target.RunId, state, cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(known is null ? "Created" : "Updated")} the MLflow run {target.RunId} with {metrics.Count} numbers{artifacts}.\n{client.PageOf(experiment, target)}\n"
        );
    }

    private static MlflowRunState StateOf(ExportSource source) =>
        new(
            source.Name,
            source.Run.Status switch
            {
                RunStatus.Completed => "FINISHED",
                RunStatus.Cancelled => "KILLED",
                _ => "FAILED",
            },
            source.Run.Started?.ToUnixTimeMilliseconds(),
            TimeOf(source.Run)
        );

    private static long TimeOf(Run run) => (run.Finished ?? run.Started ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds();

    private static async Task<string> UploadAsync(
        MlflowClient client,
        MlflowRun target,
        ExportSource source,
        CancellationToken cancellationToken
    )
    {
        if (source.Summary is not { } summary)
        {
            return "";
        }

        // Examples of what was not scored hold answers.
        var text = JsonSerializer.Serialize(
            summary with
            {
                Examples = new Dictionary<string, IReadOnlyList<UnscoredSample>>(),
            },
            ResultJson.Options
        );
        return await client.TryUploadAsync(target, "summary.json", text, cancellationToken)
            ? ", summary.json"
            : "; its artifacts are kept where this server takes none, so summary.json was not stored";
    }

    /// <summary>What is decided before a run begins: MLflow takes no other value of a parameter later.</summary>
    private static IEnumerable<MlflowTag> Parameters(ExportSource source)
    {
        var run = source.Run;
        var named = new (string Name, string? Value)[]
        {
            ("model", run.Model),
            ("baseline", run.Baseline),
            ("dataset", run.Dataset),
            ("dataset_etag", run.DatasetETag),
            ("task", source.Summary?.Task.Name),
            ("spec_hash", run.SpecHash),
        };
        return named
            .Concat(source.Summary is { } summary ? Flatten("spec", summary.Spec) : [])
            .Where(parameter => parameter.Value is { Length: > 0 })
            .Select(parameter => new MlflowTag(MlflowNames.Clean(parameter.Name), WholeText.Cut(parameter.Value!, MaxParameterLength)))
            .DistinctBy(parameter => parameter.Key, StringComparer.Ordinal);
    }

    /// <summary>The spec's single values; lists and deeper objects as JSON.</summary>
    private static IEnumerable<(string Name, string? Value)> Flatten(string prefix, JsonElement spec) =>
        spec.EnumerateObject()
            .Where(field => field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .SelectMany(field =>
                field.Value.ValueKind == JsonValueKind.Object && prefix == "spec"
                    ? Flatten($"{prefix}.{field.Name}", field.Value)
                    : [($"{prefix}.{field.Name}", field.Value.ToString())]
            );

    private static IEnumerable<MlflowTag> Tags(ExportSource source)
    {
        var run = source.Run;
        var named = new (string Name, string? Value)[]
        {
            (RunIdTag, run.RunId),
            ("functionseval.status", run.Status.ToString()),
            ("functionseval.verdict", run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : "none"),
            (
                "functionseval.reasons",
                string.Join("\n", run.VerdictReasons.Select(reason => $"{VerdictNames.NameOf(reason.Result)}: {reason.Reason}"))
            ),
            ("functionseval.error", run.ErrorCode is null ? null : $"{run.ErrorCode}: {run.ErrorMessage}"),
            ("functionseval.suite", run.Suite),
            ("functionseval.source", run.Source),
            ("functionseval.deployment", run.Deployment),
            ("functionseval.code_version", run.CodeVersion),
            ("functionseval.warnings", string.Join("\n", source.Warnings)),
        };
        return named
            .Where(tag => tag.Value is { Length: > 0 })
            .Select(tag => new MlflowTag(tag.Name, WholeText.Cut(tag.Value!, MaxTagLength)));
    }

    private static IEnumerable<MlflowMetric> Metrics(ExportSource source)
    {
        var time = TimeOf(source.Run);
        return (source.Summary?.Metrics ?? [])
            .SelectMany(value => NumbersOf(value))
            .Concat(FiguresOf("", source.Run.CandidateFigures))
            .Concat(source.Run.Baseline is null ? [] : FiguresOf("baseline.", source.Run.BaselineFigures))
            .Where(number => number.Value is { } value && double.IsFinite(value))
            .DistinctBy(number => number.Name, StringComparer.Ordinal)
            .Select(number => new MlflowMetric(number.Name, number.Value!.Value, time));
    }

    private static IEnumerable<(string Name, double? Value)> NumbersOf(MetricValue value)
    {
        var name = MlflowNames.Of(value);
        return
        [
            (name, value.Value),
            (MlflowNames.Clean(name + ".lower"), value.Lower),
            (MlflowNames.Clean(name + ".upper"), value.Upper),
            (MlflowNames.Clean(name + ".difference"), value.Difference),
            (MlflowNames.Clean(name + ".p_value"), value.PValue),
        ];
    }

    private static IEnumerable<(string Name, double? Value)> FiguresOf(string prefix, ModelFigures figures) =>
        [
            ($"{prefix}coverage", figures.Coverage),
            ($"{prefix}input_tokens", figures.InputTokens),
            ($"{prefix}output_tokens", figures.OutputTokens),
            ($"{prefix}cost", (double?)figures.Cost),
            ($"{prefix}latency_p50_ms", figures.LatencyMsP50),
            ($"{prefix}latency_p95_ms", figures.LatencyMsP95),
        ];
}
