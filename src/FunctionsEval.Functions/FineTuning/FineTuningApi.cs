using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Core;
using Azure.Identity;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>A fine-tuning job as the endpoint tells it.</summary>
/// <remarks>Azure OpenAI calls the suffix <c>suffix</c>, OpenAI <c>user_provided_suffix</c>.</remarks>
internal sealed record FineTuningJob
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("finished_at")]
    public long? FinishedAt { get; init; }

    public required string Model { get; init; }

    [JsonPropertyName("fine_tuned_model")]
    public string? FineTunedModel { get; init; }

    [JsonPropertyName("training_file")]
    public string? TrainingFile { get; init; }

    [JsonPropertyName("user_provided_suffix")]
    public string? UserProvidedSuffix { get; init; }

    public string? Suffix { get; init; }

    public FineTuningError? Error { get; init; }

    public bool HasSucceeded => Status == "succeeded" && FineTunedModel is not null;

    /// <summary>When it ended, in seconds since 1970: not before it was created, which is all that some endpoints tell.</summary>
    public long EndedAt => Math.Max(FinishedAt ?? 0, CreatedAt);

    public bool HasEnded => HasSucceeded || Status is "failed" or "cancelled";
}

/// <summary>Why a job failed; OpenAI gives an empty one to jobs that did not.</summary>
internal sealed record FineTuningError(string? Code, string? Message);

/// <summary>The endpoint refused, or could not be reached. Says which, never more of the response than its status.</summary>
internal sealed class FineTuningApiException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another try later may succeed.</summary>
    public bool IsTransient { get; } = isTransient;
}

/// <summary>
/// Reads fine-tuning jobs, file names and deployments. Only reads, only from the configured endpoints, and follows no redirect.
/// </summary>
/// <remarks>Plain requests, because the SDK's fine-tuning client of OpenAI 2.1.0 is experimental and hides the fields that decide
/// here.</remarks>
internal sealed class FineTuningApi(IOptions<FineTuningOptions> options, ModelTransport transport, Func<TokenCredential> identity)
{
    private const string CognitiveScope = "https://cognitiveservices.azure.com/.default";
    private const string DeploymentsVersion = "2024-10-01";
    private const int PageSize = 100;

    /// <summary>Most bytes of a reply: above a page of the largest jobs, or of an account's deployments.</summary>
    private const long MaxReplyBytes = 8 << 20;

    /// <summary>Most pages of deployments: what lists more lists without an end.</summary>
    private const int MaxPages = 100;

    /// <summary>Longest id of a file or a model.</summary>
    private const int MaxIdLength = 200;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private FineTuningOptions Options => options.Value;

    private bool IsAzure => Options.Provider == ModelProvider.AzureOpenAI;

    /// <summary>A job; null when there is none of this id.</summary>
    public async Task<FineTuningJob?> FindJobAsync(string jobId, CancellationToken cancellationToken) =>
        // By the id that was asked for: it names blobs and runs.
        await GetAsync<FineTuningJob>(ApiUri($"fine_tuning/jobs/{Uri.EscapeDataString(jobId)}"), cancellationToken) is { } job
            ? job with
            {
                Id = jobId,
            }
            : null;

    /// <summary>A page of jobs, the latest first.</summary>
    /// <param name="after">Id of the last job of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JobPage> ListJobsAsync(string? after, CancellationToken cancellationToken)
    {
        if (after is not null && !IsId(after))
        {
            throw new FineTuningApiException(
                "The endpoint's list of fine-tuning jobs has a job without an id that can be asked for.",
                isTransient: false
            );
        }

        var list =
            await GetAsync<JobList>(
                ApiUri(
                    "fine_tuning/jobs",
                    FormattableString.Invariant($"limit={PageSize}") + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}")
                ),
                cancellationToken
            )
            ?? throw new FineTuningApiException(
                "The endpoint has no list of fine-tuning jobs (404): check FineTuning__Endpoint and FineTuning__ApiVersion.",
                isTransient: false
            );
        return new JobPage([.. (list.Data ?? []).OfType<FineTuningJob>()], list.HasMore);
    }

    /// <summary>Name of an uploaded file; null when it is gone.</summary>
    public async Task<string?> FindFileNameAsync(string fileId, CancellationToken cancellationToken) =>
        !IsId(fileId) ? null : (await GetAsync<FileEntry>(ApiUri($"files/{Uri.EscapeDataString(fileId)}"), cancellationToken))?.Filename;

    /// <summary>Copies an uploaded file's content; false when it cannot be had (a provider may refuse it, and it may be gone).</summary>
    /// <param name="fileId">The file.</param>
    /// <param name="maxBytes">How many bytes are copied at most; the rest is left out.</param>
    /// <param name="save">Takes the content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryDownloadFileAsync(string fileId, long maxBytes, Func<Stream, Task> save, CancellationToken cancellationToken)
    {
        if (!IsId(fileId))
        {
            return false;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(DownloadTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ApiUri($"files/{Uri.EscapeDataString(fileId)}/content"));
            await AuthorizeAsync(request, timeout.Token);
            using var response = await transport.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }

            await using var content = await response.Content.ReadAsStreamAsync(timeout.Token);
            await using var bounded = new BoundedStream(content, maxBytes, cuts: true);
            await save(bounded);
            return true;
        }
        catch (Exception broken)
            when (broken is HttpRequestException or IOException or AuthenticationFailedException
                || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return false;
        }
    }

    /// <summary>
    /// The deployment under which a tuned model can be called; null while there is none. At OpenAI that is the model itself; at Azure the
    /// account's deployment whose model it is.
    /// </summary>
    public async Task<string?> FindDeploymentAsync(string fineTunedModel, CancellationToken cancellationToken)
    {
        if (!IsAzure)
        {
            return
                !IsId(fineTunedModel)
                || await GetAsync<ModelEntry>(ApiUri($"models/{Uri.EscapeDataString(fineTunedModel)}"), cancellationToken) is null
                ? null
                : fineTunedModel;
        }

        Uri? next = new($"{Root(Options.ManagementEndpoint)}{Options.ResourceId}/deployments?api-version={DeploymentsVersion}");
        for (var pages = 0; next is not null && pages < MaxPages; pages++)
        {
            var page =
                await GetAsync<DeploymentPage>(next, cancellationToken)
                ?? throw new FineTuningApiException("There is no such account (404): check FineTuning__ResourceId.", isTransient: false);
            var deployment = (page.Value ?? [])
                .OfType<Deployment>()
                .FirstOrDefault(entry =>
                    string.Equals(entry.Properties?.Model?.Name, fineTunedModel, StringComparison.OrdinalIgnoreCase)
                    && entry.Properties!.ProvisioningState == "Succeeded"
                );
            if (deployment is not null)
            {
                return deployment.Name;
            }
            // The next page lies where the first did, or it is not asked for: it would get the identity's token.
            next =
                page.NextLink is { } link
                && Uri.TryCreate(link, UriKind.Absolute, out var uri)
                && uri.GetLeftPart(UriPartial.Authority) == Options.ManagementEndpoint.GetLeftPart(UriPartial.Authority)
                    ? uri
                    : null;
        }

        return null;
    }

    /// <summary>Whether a text that the endpoint gave can be part of an address; the part <c>..</c> would be the folder above.</summary>
    private static bool IsId(string text) => text.Length is > 0 and <= MaxIdLength && text is not ("." or "..");

    private static string Root(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');

    private Uri ApiUri(string path, string query = "")
    {
        var version = IsAzure ? $"api-version={Options.ApiVersion}" : "";
        var separator = query.Length > 0 && version.Length > 0 ? "&" : "";
        var all = version + separator + query;
        return new Uri($"{Root(Options.Endpoint!)}{(IsAzure ? "/openai" : "")}/{path}{(all.Length > 0 ? "?" : "")}{all}");
    }

    private async Task<T?> GetAsync<T>(Uri uri, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            await AuthorizeAsync(request, timeout.Token);
            using var response = await transport.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                var status = (int)response.StatusCode;
                var isRefusal = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                throw new FineTuningApiException(
                    $"{uri.Host} answered {status} to a request for {What(uri)}{(isRefusal ? ": check FineTuning__ApiKey or the identity's roles" : "")}.",
                    isTransient: status is 408 or 429 or >= 500
                );
            }

            await using var content = new BoundedStream(await response.Content.ReadAsStreamAsync(timeout.Token), MaxReplyBytes);
            return await JsonSerializer.DeserializeAsync<T>(content, Json, timeout.Token)
                ?? throw new FineTuningApiException($"{uri.Host} answered null to a request for {What(uri)}.", isTransient: true);
        }
        catch (JsonException)
        {
            throw new FineTuningApiException(
                $"{uri.Host} answered something else than JSON to a request for {What(uri)}.",
                isTransient: true
            );
        }
        catch (TooManyBytesException)
        {
            throw new FineTuningApiException(
                $"{uri.Host} answered more than {MaxReplyBytes >> 20} MiB to a request for {What(uri)}.",
                isTransient: false
            );
        }
        catch (IOException broken)
        {
            throw new FineTuningApiException($"{uri.Host} broke off its answer to a request for {What(uri)}.", isTransient: true, broken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new FineTuningApiException(
                $"{uri.Host} could not be reached ({unreachable.HttpRequestError}).",
                isTransient: true,
                unreachable
            );
        }
        catch (AuthenticationFailedException refused)
        {
            throw new FineTuningApiException(
                "No token for the identity: give the app a managed identity, or set FineTuning__ApiKey.",
                isTransient: false,
                refused
            );
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FineTuningApiException($"{uri.Host} did not answer within {Timeout.TotalSeconds:0} s.", isTransient: true, late);
        }
    }

    private static string What(Uri uri) =>
        uri.AbsolutePath.Contains("/jobs", StringComparison.Ordinal) ? "fine-tuning jobs"
        : uri.AbsolutePath.Contains("/files", StringComparison.Ordinal) ? "a file's name"
        : uri.AbsolutePath.Contains("/deployments", StringComparison.Ordinal) ? "deployments"
        : "a model";

    private async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isManagement = IsAzure && request.RequestUri!.AbsolutePath.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase);
        if (!isManagement && Options.ApiKey is { } key)
        {
            if (IsAzure)
            {
                request.Headers.Add("api-key", key);
            }
            else
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }
        }
        else if (IsAzure)
        {
            var scope = isManagement ? $"{Root(Options.ManagementEndpoint)}/.default" : CognitiveScope;
            var token = await identity().GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
    }

    internal sealed record JobPage(IReadOnlyList<FineTuningJob> Data, bool HasMore);

    private sealed record JobList(IReadOnlyList<FineTuningJob?>? Data, [property: JsonPropertyName("has_more")] bool HasMore);

    private sealed record FileEntry(string? Filename);

    private sealed record ModelEntry(string? Id);

    private sealed record DeploymentPage(IReadOnlyList<Deployment?>? Value, string? NextLink);

    private sealed record Deployment(string Name, DeploymentProperties? Properties);

    private sealed record DeploymentProperties(DeploymentModel? Model, string? ProvisioningState);

    private sealed record DeploymentModel(string? Name);
}
