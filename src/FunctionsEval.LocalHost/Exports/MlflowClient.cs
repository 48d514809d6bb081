using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>A name and a text.</summary>
internal sealed record MlflowTag(string Key, string Value);

/// <summary>A number.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">It.</param>
/// <param name="Timestamp">When, in milliseconds since 1970. The same number at the same time counts once.</param>
/// <param name="Step">Always 0.</param>
internal sealed record MlflowMetric(string Key, double Value, long Timestamp, long Step = 0);

/// <summary>A run of an MLflow server.</summary>
/// <param name="RunId">Its id there.</param>
/// <param name="ArtifactUri">Where its artifacts are.</param>
internal sealed record MlflowRun(string RunId, string? ArtifactUri);

/// <summary>A run as it is to be.</summary>
internal sealed record MlflowRunState(string Name, string Status, long? Start, long? End);

/// <summary>An MLflow tracking server, by its REST API 2.0.</summary>
/// <param name="server">Its address.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <exception cref="LocalHostException">A secret would go in clear text to another machine.</exception>
internal sealed class MlflowClient(Uri server, Func<string, string?> variable) : IDisposable
{
    private const string Missing = "RESOURCE_DOES_NOT_EXIST";
    private const string Exists = "RESOURCE_ALREADY_EXISTS";
    private const int MaxMetrics = 1_000;
    private const int MaxTexts = 100;

    /// <summary>Characters of names and values in one request, whose JSON may have a million bytes.</summary>
    private const int MaxCharacters = 150_000;

    private readonly MlflowHttp _http = new(server, variable);

    /// <summary>Finds an experiment by its name, and makes it where there is none.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> EnsureExperimentAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindExperimentAsync(name, cancellationToken) is { } found)
        {
            return found;
        }

        var (created, error) = await _http.TryPostAsync<CreatedExperiment>("experiments/create", new { name }, cancellationToken);
        return created?.ExperimentId
            // Somebody else made it meanwhile.
            ?? (error?.ErrorCode == Exists ? await FindExperimentAsync(name, cancellationToken) : null)
            ?? throw _http.Refused("experiments/create", error);
    }

    /// <summary>Finds the run with a tag; null for none.</summary>
    public async Task<MlflowRun?> FindRunAsync(string experiment, MlflowTag tag, CancellationToken cancellationToken)
    {
        var request = new
        {
            ExperimentIds = new[] { experiment },
            Filter = $"tags.`{tag.Key}` = '{tag.Value}'",
            RunViewType = "ACTIVE_ONLY",
            MaxResults = 1,
        };
        var found = await _http.PostAsync<FoundRuns>("runs/search", request, cancellationToken);
        return (found.Runs is [var first, ..] ? first : null)?.ToRun();
    }

    /// <summary>Makes a run that is under way.</summary>
    public async Task<MlflowRun> CreateRunAsync(
        string experiment,
        MlflowRunState state,
        IReadOnlyList<MlflowTag> tags,
        CancellationToken cancellationToken
    )
    {
        var request = new
        {
            ExperimentId = experiment,
            RunName = state.Name,
            StartTime = state.Start,
            Tags = tags,
        };
        return (await _http.PostAsync<AnsweredRun>("runs/create", request, cancellationToken)).Run?.ToRun()
            ?? throw new LocalHostException($"{_http.Server}: the answer to runs/create has no run. Is it an MLflow tracking server?");
    }

    /// <summary>Says how a run ended.</summary>
    public Task UpdateRunAsync(string runId, MlflowRunState state, CancellationToken cancellationToken) =>
        _http.PostAsync<Nothing>(
            "runs/update",
            new
            {
                RunId = runId,
                state.Status,
                EndTime = state.End,
                RunName = state.Name,
            },
            cancellationToken
        );

    /// <summary>Logs numbers, parameters and tags in as many requests as the API's bounds take.</summary>
    public async Task LogAsync(
        string runId,
        IEnumerable<MlflowMetric> metrics,
        IEnumerable<MlflowTag> parameters,
        IEnumerable<MlflowTag> tags,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in Parts(parameters))
        {
            await LogAsync(new { RunId = runId, Params = part });
        }

        foreach (var part in Parts(tags))
        {
            await LogAsync(new { RunId = runId, Tags = part });
        }

        foreach (var part in metrics.Chunk(MaxMetrics))
        {
            await LogAsync(new { RunId = runId, Metrics = part });
        }

        Task LogAsync(object batch) => _http.PostAsync<Nothing>("runs/log-batch", batch, cancellationToken);
    }

    /// <summary>Stores a file with a run, where the server itself takes artifacts.</summary>
    /// <returns>Whether it does.</returns>
    public async Task<bool> TryUploadAsync(MlflowRun run, string name, string content, CancellationToken cancellationToken)
    {
        if (
            !Uri.TryCreate(run.ArtifactUri, UriKind.Absolute, out var uri)
            || uri.Scheme != "mlflow-artifacts"
            || (uri.Host.Length > 0 && uri.Host != _http.Host)
        )
        {
            return false;
        }

        var path = string.Join('/', uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Append(Uri.EscapeDataString(name)));
        var refusal = await _http.TryPutAsync($"api/2.0/mlflow-artifacts/artifacts/{path}", content, cancellationToken);
        return refusal is null ? true : throw _http.Refused($"the artifact {name}", refusal);
    }

    /// <summary>Where a person sees a run.</summary>
    public string PageOf(string experiment, MlflowRun run) => $"{_http.Server.TrimEnd('/')}/#/experiments/{experiment}/runs/{run.RunId}";

    public void Dispose() => _http.Dispose();

    private async Task<string?> FindExperimentAsync(string name, CancellationToken cancellationToken)
    {
        var (found, error) = await _http.TryGetAsync<AnsweredExperiment>(
            $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}",
            cancellationToken
        );
        return found switch
        {
            { Experiment.LifecycleStage: "deleted" } => throw new LocalHostException(
                $"{_http.Server}: the experiment '{name}' is deleted. Restore it there, or name another with --experiment."
            ),
            { Experiment.ExperimentId: { } id } => id,
            _ => error?.ErrorCode == Missing ? null : throw _http.Refused("experiments/get-by-name", error),
        };
    }

    private static IEnumerable<List<MlflowTag>> Parts(IEnumerable<MlflowTag> texts)
    {
        List<MlflowTag> part = [];
        foreach (var text in texts)
        {
            if (part.Count == MaxTexts || part.Sum(other => other.Key.Length + other.Value.Length) + text.Value.Length > MaxCharacters)
            {
                yield return part;
                part = [];
            }

            part.Add(text);
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private sealed record Nothing;

    private sealed record CreatedExperiment(string? ExperimentId);

    private sealed record AnsweredExperiment(ExperimentView? Experiment);

    private sealed record ExperimentView(string? ExperimentId, string? LifecycleStage);

    private sealed record FoundRuns(IReadOnlyList<RunView>? Runs);

    private sealed record AnsweredRun(RunView? Run);

    private sealed record RunView(RunInfo? Info)
    {
        public MlflowRun? ToRun() => Info?.RunId is { } id ? new MlflowRun(id, Info.ArtifactUri) : null;
    }

    private sealed record RunInfo(string? RunId, string? ArtifactUri);
}
