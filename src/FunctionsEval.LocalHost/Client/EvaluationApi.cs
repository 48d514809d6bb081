using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Client;

/// <summary>The function app's HTTP interface, as the commands use it.</summary>
internal sealed class EvaluationApi(Uri appUrl) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = appUrl };

    /// <summary>Starts the evaluation of a stored dataset.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="LocalHostException">The app refused; the message is the app's own.</exception>
    public async Task<string> StartAsync(string dataset, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri("/api/evaluations", UriKind.Relative), JsonContent.Create(new { dataset }), cancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new LocalHostException((string?)body?["detail"] ?? $"The app answered {(int)response.StatusCode}.");
        return (string)body!["runId"]!;
    }

    /// <summary>The runs of a dataset, latest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string dataset, CancellationToken cancellationToken)
    {
        var page = await GetAsync($"/api/evaluations?dataset={Uri.EscapeDataString(dataset)}", cancellationToken);
        return page?["runs"]?.AsArray().Select(run => run!.AsObject()).ToList() ?? [];
    }

    /// <summary>A run's row; null when there is none (yet).</summary>
    public Task<JsonObject?> FindAsync(string runId, CancellationToken cancellationToken) =>
        GetAsync($"/api/evaluations/{runId}", cancellationToken);

    /// <summary>A run's summary; null when it has none.</summary>
    public Task<JsonObject?> FindSummaryAsync(string runId, CancellationToken cancellationToken) =>
        GetAsync($"/api/evaluations/{runId}/summary", cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonObject>(JsonSerializerOptions.Web, cancellationToken);
    }
}
