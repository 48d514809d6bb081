using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
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
internal sealed class MlflowClient : IDisposable
{
    private const string Api = "api/2.0/mlflow/";
    private const string Missing = "RESOURCE_DOES_NOT_EXIST";
    private const string Exists = "RESOURCE_ALREADY_EXISTS";
    private const int MaxAnswerBytes = 4 << 20;
    private const int MaxMetrics = 1_000;
    private const int MaxTexts = 100;

    /// <summary>Characters of names and values in one request, whose JSON may have a million bytes.</summary>
    private const int MaxCharacters = 150_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;
    private readonly string _server;

    /// <param name="server">Its address.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="LocalHostException">A secret would go in clear text to another machine.</exception>
    public MlflowClient(Uri server, Func<string, string?> variable)
    {
        // A redirect would take the token to another host.
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _server = server.GetLeftPart(UriPartial.Path);
        var authorization = AuthorizationOf(variable);
        if (authorization is not null && server is { IsLoopback: false } && server.Scheme == Uri.UriSchemeHttp)
        {
            throw new LocalHostException("--to is http, so that everybody on the way could read MLFLOW_TRACKING_…; write https.");
        }

        _http.DefaultRequestHeaders.Authorization = authorization;
    }

    /// <summary>Finds an experiment by its name, and makes it where there is none.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> EnsureExperimentAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindExperimentAsync(name, cancellationToken) is { } found)
        {
            return found;
        }

        var (created, error) = await SendAsync<CreatedExperiment>(
            Request(HttpMethod.Post, "experiments/create", new { name }),
            cancellationToken
        );
        return created?.ExperimentId
            // Somebody else made it meanwhile.
            ?? (error?.ErrorCode == Exists ? await FindExperimentAsync(name, cancellationToken) : null)
            ?? throw Refused("experiments/create", error);
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
        var found = await PostAsync<FoundRuns>("runs/search", request, cancellationToken);
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
        return (await PostAsync<AnsweredRun>("runs/create", request, cancellationToken)).Run?.ToRun()
            ?? throw new LocalHostException($"{_server}: the answer to runs/create has no run. Is it an MLflow tracking server?");
    }

    /// <summary>Says how a run ended.</summary>
    public Task UpdateRunAsync(string runId, MlflowRunState state, CancellationToken cancellationToken) =>
        PostAsync<Nothing>(
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

        Task LogAsync(object batch) => PostAsync<Nothing>("runs/log-batch", batch, cancellationToken);
    }

    /// <summary>Stores a file with a run, where the server itself takes artifacts.</summary>
    /// <returns>Whether it does.</returns>
    public async Task<bool> TryUploadAsync(MlflowRun run, string name, string content, CancellationToken cancellationToken)
    {
        if (
            !Uri.TryCreate(run.ArtifactUri, UriKind.Absolute, out var uri)
            || uri.Scheme != "mlflow-artifacts"
            || (uri.Host.Length > 0 && uri.Host != _http.BaseAddress!.Host)
        )
        {
            return false;
        }

        var path = string.Join('/', uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Append(Uri.EscapeDataString(name)));
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/2.0/mlflow-artifacts/artifacts/{path}");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var (stored, error) = await SendAsync<Nothing>(request, cancellationToken);
        return stored is not null ? true : throw Refused($"the artifact {name}", error);
    }

    /// <summary>Where a person sees a run.</summary>
    public string PageOf(string experiment, MlflowRun run) => $"{_server.TrimEnd('/')}/#/experiments/{experiment}/runs/{run.RunId}";

    public void Dispose() => _http.Dispose();

    private async Task<string?> FindExperimentAsync(string name, CancellationToken cancellationToken)
    {
        var (found, error) = await SendAsync<AnsweredExperiment>(
            Request(HttpMethod.Get, $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", body: null),
            cancellationToken
        );
        return found switch
        {
            { Experiment.LifecycleStage: "deleted" } => throw new LocalHostException(
                $"{_server}: the experiment '{name}' is deleted. Restore it there, or name another with --experiment."
            ),
            { Experiment.ExperimentId: { } id } => id,
            _ => error?.ErrorCode == Missing ? null : throw Refused("experiments/get-by-name", error),
        };
    }

    private async Task<T> PostAsync<T>(string method, object body, CancellationToken cancellationToken)
        where T : class
    {
        var (answer, error) = await SendAsync<T>(Request(HttpMethod.Post, method, body), cancellationToken);
        return answer ?? throw Refused(method, error);
    }

    private static HttpRequestMessage Request(HttpMethod verb, string method, object? body) =>
        new(verb, Api + method) { Content = body is null ? null : JsonContent.Create(body, options: Json) };

    private async Task<(T? Answer, ErrorAnswer? Error)> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : class
    {
        using (request)
        {
            HttpResponseMessage response;
            try
            {
                response = await _http.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException unreachable)
            {
                throw new LocalHostException($"{_server} does not answer: {unreachable.Message}", unreachable);
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LocalHostException($"{_server} does not answer in time.");
            }

            using (response)
            {
                return response.IsSuccessStatusCode
                    ? (await ReadAsync<T>(response, cancellationToken), null)
                    : (null, await ReadErrorAsync(response, cancellationToken));
            }
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return JsonSerializer.Deserialize<T>(text.Length == 0 ? "{}" : text, Json) ?? throw NoAnswer();
        }
        catch (JsonException)
        {
            throw NoAnswer();
        }

        LocalHostException NoAnswer() => new($"{_server}: what it answers is no JSON. Is it an MLflow tracking server?");
    }

    private static async Task<ErrorAnswer> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        try
        {
            var error = await response.Content.ReadFromJsonAsync<ErrorAnswer>(Json, cancellationToken);
            return (error ?? new ErrorAnswer(null, null)) with { Status = response.StatusCode, Shown = status };
        }
        catch (JsonException)
        {
            return new ErrorAnswer(null, null) { Status = response.StatusCode, Shown = status };
        }
    }

    private LocalHostException Refused(string what, ErrorAnswer? error) =>
        new(
            error?.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? $"{_server} refuses {what} ({error.Shown}). Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
                : $"{_server} refuses {what} ({error?.ErrorCode ?? error?.Shown}): {Cut(error?.Message ?? "no reason is given")}"
        );

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500] + "…";

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

    private static AuthenticationHeaderValue? AuthorizationOf(Func<string, string?> variable) =>
        variable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token ? new("Bearer", token)
        : variable("MLFLOW_TRACKING_USERNAME") is { Length: > 0 } user
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{variable("MLFLOW_TRACKING_PASSWORD")}")))
        : null;

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

    private sealed record ErrorAnswer(string? ErrorCode, string? Message)
    {
        [JsonIgnore]
        public HttpStatusCode? Status { get; init; }

        [JsonIgnore]
        public string? Shown { get; init; }
    }
}
