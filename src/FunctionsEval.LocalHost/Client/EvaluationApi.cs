using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>What a suite is started with.</summary>
/// <param name="Attempt">0, or a higher number to evaluate the same datasets with the same specs once more.</param>
/// <param name="Model">The model in place of the specs'; null for theirs.</param>
internal sealed record SuiteStartOptions(int Attempt = 0, string? Model = null);

/// <summary>The function app's HTTP interface, as the commands use it.</summary>
internal sealed class EvaluationApi : IDisposable
{
    private const string KeyHeader = "x-functions-key";
    private const string Probes = "/api/models/probe";
    private const string Suites = "/api/suites";
    private const int SamplesAPage = 500;

    private readonly HttpClient _http;

    /// <param name="appUrl">Where the app answers.</param>
    /// <param name="key">A function key; null for an app on this machine, which asks for none.</param>
    /// <param name="timeout">How long to wait for an answer; a hundred seconds unless given.</param>
    public EvaluationApi(Uri appUrl, string? key = null, TimeSpan? timeout = null)
    {
        // A redirect would take the key to another host.
        var handler = new HttpClientHandler { AllowAutoRedirect = false };
        _http = new HttpClient(handler) { BaseAddress = appUrl, Timeout = timeout ?? TimeSpan.FromSeconds(100) };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add(KeyHeader, key);
        }
    }

    /// <summary>Starts the evaluation of a stored dataset.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async Task<string> StartAsync(string dataset, CancellationToken cancellationToken)
    {
        var started = await PostAsync<StartedRun>(ApiPaths.Runs, new { dataset }, cancellationToken);
        return started.RunId;
    }

    /// <summary>Starts a suite run.</summary>
    /// <returns>The suite run's id.</returns>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async Task<string> StartSuiteAsync(string suite, SuiteStartOptions start, CancellationToken cancellationToken) =>
        (
            await PostAsync<StartedSuiteRun>(
                Suites,
                new
                {
                    suite,
                    start.Attempt,
                    start.Model,
                },
                cancellationToken
            )
        ).SuiteRunId;

    /// <summary>A suite run with its datasets.</summary>
    /// <exception cref="LocalHostException">There is none; the message is the app's own.</exception>
    public Task<SuiteRun> GetSuiteAsync(string suiteRunId, CancellationToken cancellationToken) =>
        GetAsync<SuiteRun>($"{Suites}/{Uri.EscapeDataString(suiteRunId)}", cancellationToken);

    /// <summary>A page of suite runs, latest first.</summary>
    /// <param name="query">The query's parameters; those without a value are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<SuitePage> ListSuitesAsync(IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellationToken) =>
        GetAsync<SuitePage>(Suites + ApiPaths.Query(query), cancellationToken);

    /// <summary>The runs of a dataset, latest first; none where the app knows nothing of it.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(string dataset, CancellationToken cancellationToken) =>
        (await FindAsync<RunPage>($"{ApiPaths.Runs}?dataset={Uri.EscapeDataString(dataset)}", cancellationToken))?.Runs ?? [];

    /// <summary>A page of runs, latest first.</summary>
    /// <param name="query">The query's parameters; those without a value are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<RunPage> ListAsync(IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellationToken) =>
        GetAsync<RunPage>(ApiPaths.Runs + ApiPaths.Query(query), cancellationToken);

    /// <summary>The configured models.</summary>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<ModelPage> ModelsAsync(CancellationToken cancellationToken) => GetAsync<ModelPage>("/api/models", cancellationToken);

    /// <summary>A run.</summary>
    /// <exception cref="LocalHostException">There is none; the message is the app's own.</exception>
    public Task<Run> GetRunAsync(string runId, CancellationToken cancellationToken) => GetAsync<Run>(ApiPaths.Of(runId), cancellationToken);

    /// <summary>A run's summary; null when it has none.</summary>
    public Task<RunSummary?> FindSummaryAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync<RunSummary>(ApiPaths.Of(runId) + "/summary", cancellationToken);

    /// <summary>What a run says at first sight; null where an app of an earlier version does not tell.</summary>
    public Task<RunOverview?> FindOverviewAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync<RunOverview>(ApiPaths.Of(runId) + "/overview", cancellationToken);

    /// <summary>Two runs beside each other.</summary>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<RunComparisonResult> CompareAsync(string left, string right, CancellationToken cancellationToken) =>
        GetAsync<RunComparisonResult>(
            ApiPaths.Runs + "/compare" + ApiPaths.Query([new("left", left), new("right", right)]),
            cancellationToken
        );

    /// <summary>A run's samples, read page by page.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="filters">The query's parameters that choose samples; those without a value are left out.</param>
    /// <param name="max">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public IAsyncEnumerable<SampleResult> SamplesAsync(
        string runId,
        IReadOnlyList<KeyValuePair<string, string?>> filters,
        int max,
        CancellationToken cancellationToken
    ) => SamplePagesAsync(runId, filters, max, cancellationToken).SelectMany(page => page.Samples);

    /// <summary>A run's samples in pages, of which there is at least one.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="filters">The query's parameters that choose and order samples; those without a value are left out.</param>
    /// <param name="max">How many samples at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async IAsyncEnumerable<SamplePage> SamplePagesAsync(
        string runId,
        IReadOnlyList<KeyValuePair<string, string?>> filters,
        int max,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? offset = null;
        for (var left = max; left > 0; )
        {
            var size = Math.Min(left, SamplesAPage).ToString(CultureInfo.InvariantCulture);
            var page = await GetAsync<SamplePage>(
                ApiPaths.Of(runId) + "/samples" + ApiPaths.Query([.. filters, new("size", size), new("offset", offset)]),
                cancellationToken
            );
            yield return page;
            left -= page.Samples.Count;
            if ((offset = page.Next?.ToString(CultureInfo.InvariantCulture)) is null)
            {
                break;
            }
        }
    }

    /// <summary>A run's report.</summary>
    /// <exception cref="LocalHostException">There is none (yet); the message is the app's own.</exception>
    public async Task<string> ReportAsync(string runId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(ApiPaths.Of(runId) + "/report", cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>A run's overview as Markdown.</summary>
    /// <exception cref="LocalHostException">There is no such run; the message is the app's own.</exception>
    public async Task<string> OverviewMarkdownAsync(string runId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(ApiPaths.Of(runId) + "/overview?format=markdown", cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>What a probe of a model would ask.</summary>
    /// <exception cref="LocalHostException">There is no such model; the message is the app's own.</exception>
    public Task<ModelProbePlan> PlanProbeAsync(string model, CancellationToken cancellationToken) =>
        GetAsync<ModelProbePlan>(Probes + ApiPaths.Query([new("model", model)]), cancellationToken);

    /// <summary>Asks a model what its endpoint can do.</summary>
    /// <param name="model">Its configured name.</param>
    /// <param name="spec">A spec that it may serve; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async Task<ModelProbe> ProbeAsync(string model, JsonElement? spec, CancellationToken cancellationToken)
    {
        using var response = await CheckAsync(
            _http.PostAsync(new Uri(Probes, UriKind.Relative), JsonContent.Create(new { model, spec }), cancellationToken),
            cancellationToken
        );
        return await ReadAsync<ModelProbe>(response, cancellationToken);
    }

    /// <summary>Where the dashboard shows a run or a suite run.</summary>
    public Uri PageOf(string id) => new(_http.BaseAddress!, ApiPaths.PageOf(id));

    public void Dispose() => _http.Dispose();

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<T>(ResultJson.Options, cancellationToken))!;
        }
        catch (JsonException other)
        {
            throw new LocalHostException(
                $"{_http.BaseAddress} answered {(int)response.StatusCode} with something else than this app's JSON, such as the page of a "
                    + "proxy or a sign-in. Check --url.",
                other
            );
        }
    }

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await CheckAsync(
            _http.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body), cancellationToken),
            cancellationToken
        );
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(path, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T?> FindAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        using var response = await ReachAsync(_http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken));
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return null;
        }

        await CheckAsync(Task.FromResult(response), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken) =>
        CheckAsync(_http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), cancellationToken);

    /// <exception cref="LocalHostException">The app refused, or nothing answers.</exception>
    private async Task<HttpResponseMessage> CheckAsync(Task<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var response = await ReachAsync(answer);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            if (!isProblem && response.StatusCode is (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            {
                throw new LocalHostException(
                    _http.DefaultRequestHeaders.Contains(KeyHeader)
                        ? $"{_http.BaseAddress} refused the key ({(int)response.StatusCode}). "
                            + "Check that --key or FUNCTIONSEVAL_KEY is a function key of this app."
                        : $"{_http.BaseAddress} asks for a key ({(int)response.StatusCode}), and none is set. "
                            + "Give a function key by --key or FUNCTIONSEVAL_KEY."
                );
            }

            if ((int)response.StatusCode is >= 300 and < 400)
            {
                throw new LocalHostException(
                    $"{_http.BaseAddress} redirects to another address ({(int)response.StatusCode}), which is not followed, because the key "
                        + "would go there. Give that address by --url if you trust it."
                );
            }

            var detail = isProblem ? (await ReadAsync<Problem>(response, cancellationToken)).Detail : null;
            throw new LocalHostException(
                detail ?? $"{_http.BaseAddress} answered {(int)response.StatusCode}. Check that --url is this app, in this version."
            );
        }
    }

    /// <exception cref="LocalHostException">Nothing answers.</exception>
    private async Task<HttpResponseMessage> ReachAsync(Task<HttpResponseMessage> answer)
    {
        try
        {
            return await answer;
        }
        catch (HttpRequestException unreachable)
        {
            throw new LocalHostException(
                $"{_http.BaseAddress} does not answer ({unreachable.HttpRequestError}). Check --url, or start 'up'.",
                unreachable
            );
        }
        catch (TaskCanceledException late) when (late.InnerException is TimeoutException)
        {
            throw new LocalHostException($"{_http.BaseAddress} did not answer in {_http.Timeout.TotalSeconds:0} s.", late);
        }
    }
}
