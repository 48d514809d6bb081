using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>The function app's HTTP interface, as the commands use it.</summary>
internal sealed class EvaluationApi : IDisposable
{
    private const string KeyHeader = "x-functions-key";
    private const int SamplesAPage = 500;

    private readonly HttpClient _http;

    /// <param name="appUrl">Where the app answers.</param>
    /// <param name="key">A function key; null for an app on this machine, which asks for none.</param>
    /// <param name="timeout">How long to wait for an answer; a hundred seconds unless given.</param>
    public EvaluationApi(Uri appUrl, string? key = null, TimeSpan? timeout = null)
    {
        _http = new HttpClient { BaseAddress = appUrl, Timeout = timeout ?? TimeSpan.FromSeconds(100) };
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
        using var response = await ReachAsync(
            _http.PostAsync(new Uri("/api/evaluations", UriKind.Relative), JsonContent.Create(new { dataset }), cancellationToken)
        );
        var body = await response.Content.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LocalHostException((string?)body?["detail"] ?? $"The app answered {(int)response.StatusCode}.");
        }

        return (string)body!["runId"]!;
    }

    /// <summary>The runs of a dataset, latest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string dataset, CancellationToken cancellationToken)
    {
        var page = await GetAsync($"/api/evaluations?dataset={Uri.EscapeDataString(dataset)}", cancellationToken);
        return page?["runs"]?.AsArray().Select(run => run!.AsObject()).ToList() ?? [];
    }

    /// <summary>A run's summary; null when it has none.</summary>
    public Task<JsonObject?> FindSummaryAsync(string runId, CancellationToken cancellationToken) =>
        GetAsync($"/api/evaluations/{Uri.EscapeDataString(runId)}/summary", cancellationToken);

    /// <summary>A page of runs, latest first.</summary>
    /// <param name="query">The query's parameters; those without a value are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<JsonObject> ListAsync(IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellationToken) =>
        GetOrThrowAsync("/api/evaluations" + Query(query), cancellationToken);

    /// <summary>Two runs beside each other.</summary>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public Task<JsonObject> CompareAsync(string left, string right, CancellationToken cancellationToken) =>
        GetOrThrowAsync("/api/evaluations/compare" + Query([new("left", left), new("right", right)]), cancellationToken);

    /// <summary>A run's samples in dataset order, read page by page.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="filters">The query's parameters that choose samples; those without a value are left out.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async IAsyncEnumerable<JsonObject> SamplesAsync(
        string runId,
        IReadOnlyList<KeyValuePair<string, string?>> filters,
        int most,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? offset = null;
        for (var left = most; left > 0; )
        {
            var size = Math.Min(left, SamplesAPage).ToString(CultureInfo.InvariantCulture);
            var page = await GetOrThrowAsync(
                $"/api/evaluations/{Uri.EscapeDataString(runId)}/samples" + Query([.. filters, new("size", size), new("offset", offset)]),
                cancellationToken
            );
            foreach (var sample in page["samples"]!.AsArray())
            {
                yield return sample!.AsObject();
            }

            left -= page["samples"]!.AsArray().Count;
            if ((offset = page["next"]?.ToString()) is null)
            {
                break;
            }
        }
    }

    /// <summary>A run's row.</summary>
    /// <exception cref="LocalHostException">There is none; the message is the app's own.</exception>
    public Task<JsonObject> GetRunAsync(string runId, CancellationToken cancellationToken) =>
        GetOrThrowAsync($"/api/evaluations/{Uri.EscapeDataString(runId)}", cancellationToken);

    /// <summary>A run's report.</summary>
    /// <exception cref="LocalHostException">There is none (yet); the message is the app's own.</exception>
    public async Task<string> ReportAsync(string runId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync($"/api/evaluations/{Uri.EscapeDataString(runId)}/report", cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Where the dashboard shows a run.</summary>
    public Uri PageOf(string runId) => new(_http.BaseAddress!, "/#/runs/" + Uri.EscapeDataString(runId));

    public void Dispose() => _http.Dispose();

    private static string Query(IEnumerable<KeyValuePair<string, string?>> query)
    {
        var given = query
            .Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}")
            .ToList();
        return given.Count > 0 ? "?" + string.Join('&', given) : "";
    }

    private async Task<JsonObject> GetOrThrowAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(path, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, cancellationToken))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        var response = await ReachAsync(_http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken));
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
                        ? $"{_http.BaseAddress} refused the key ({(int)response.StatusCode}). Check that --key or FUNCTIONSEVAL_KEY is a function key of this app."
                        : $"{_http.BaseAddress} asks for a key ({(int)response.StatusCode}), and none is set. Give a function key by --key or FUNCTIONSEVAL_KEY."
                );
            }

            var detail = isProblem ? (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))?["detail"] : null;
            throw new LocalHostException(detail ?? $"{_http.BaseAddress} answered {(int)response.StatusCode}.");
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

    private async Task<JsonObject?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await ReachAsync(_http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken));
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, cancellationToken);
    }
}
