using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>What an MLflow server refuses with.</summary>
internal sealed record MlflowError(string? ErrorCode, string? Message)
{
    [JsonIgnore]
    public HttpStatusCode? Status { get; init; }

    [JsonIgnore]
    public string? Shown { get; init; }
}

/// <summary>Requests to an MLflow tracking server with the credentials that the environment has, and its refusals in words.</summary>
internal sealed class MlflowHttp : IDisposable
{
    private const string Api = "api/2.0/mlflow/";
    private const int MaxAnswerBytes = 4 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;

    /// <param name="server">Its address.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="LocalHostException">A secret would go in clear text to another machine.</exception>
    public MlflowHttp(Uri server, Func<string, string?> variable)
    {
        // A redirect would take the token to another host.
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        Server = server.GetLeftPart(UriPartial.Path);
        var authorization = AuthorizationOf(variable);
        if (authorization is not null && server is { IsLoopback: false } && server.Scheme == Uri.UriSchemeHttp)
        {
            throw new LocalHostException("--to is http, so that everybody on the way could read MLFLOW_TRACKING_…; write https.");
        }

        _http.DefaultRequestHeaders.Authorization = authorization;
    }

    /// <summary>The server's address without a query.</summary>
    public string Server { get; }

    /// <summary>The server's host.</summary>
    public string Host => _http.BaseAddress!.Host;

    /// <summary>Calls a method of the API.</summary>
    /// <exception cref="LocalHostException">The server refuses it, or cannot be reached.</exception>
    public async Task<T> PostAsync<T>(string method, object body, CancellationToken cancellationToken)
        where T : class
    {
        var (answer, error) = await TryPostAsync<T>(method, body, cancellationToken);
        return answer ?? throw Refused(method, error);
    }

    /// <summary>Calls a method of the API, whose refusal may be an answer too.</summary>
    public Task<(T? Answer, MlflowError? Error)> TryPostAsync<T>(string method, object body, CancellationToken cancellationToken)
        where T : class =>
        SendAsync<T>(
            new HttpRequestMessage(HttpMethod.Post, Api + method) { Content = JsonContent.Create(body, options: Json) },
            cancellationToken
        );

    /// <summary>Reads from the API; a refusal may be an answer too.</summary>
    public Task<(T? Answer, MlflowError? Error)> TryGetAsync<T>(string method, CancellationToken cancellationToken)
        where T : class => SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, Api + method), cancellationToken);

    /// <summary>Stores a file under a path of the server.</summary>
    /// <returns>Why the server refuses it; null where it has stored it.</returns>
    public async Task<MlflowError?> TryPutAsync(string path, string content, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var (_, error) = await SendAsync<object>(request, cancellationToken);
        return error;
    }

    /// <summary>A refusal in words, with what to do.</summary>
    public LocalHostException Refused(string what, MlflowError? error) =>
        new(
            error?.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? $"{Server} refuses {what} ({error.Shown}). Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
                : $"{Server} refuses {what} ({error?.ErrorCode ?? error?.Shown}): {Cut(error?.Message ?? "no reason is given")}"
        );

    public void Dispose() => _http.Dispose();

    private async Task<(T? Answer, MlflowError? Error)> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
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
                throw new LocalHostException($"{Server} does not answer: {unreachable.Message}", unreachable);
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LocalHostException($"{Server} does not answer in time.");
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

        LocalHostException NoAnswer() => new($"{Server}: what it answers is no JSON. Is it an MLflow tracking server?");
    }

    private static async Task<MlflowError> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        try
        {
            var error = await response.Content.ReadFromJsonAsync<MlflowError>(Json, cancellationToken);
            return (error ?? new MlflowError(null, null)) with { Status = response.StatusCode, Shown = status };
        }
        catch (JsonException)
        {
            return new MlflowError(null, null) { Status = response.StatusCode, Shown = status };
        }
    }

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500] + "…";

    private static AuthenticationHeaderValue? AuthorizationOf(Func<string, string?> variable) =>
        variable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token ? new("Bearer", token)
        : variable("MLFLOW_TRACKING_USERNAME") is { Length: > 0 } user
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{variable("MLFLOW_TRACKING_PASSWORD")}")))
        : null;
}
