using System.Text.Json.Serialization;
using Azure.Core;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>
/// Reads fine-tuning jobs, checkpoints, file names and deployments. Only reads, only from the configured endpoints, and follows no
/// redirect.
/// </summary>
/// <remarks>Plain requests, because the SDK's fine-tuning client of OpenAI 2.1.0 is experimental and hides the fields that decide
/// here.</remarks>
internal sealed class FineTuningApi(IOptions<FineTuningOptions> options, ModelTransport transport, Func<TokenCredential> identity)
{
    private const int PageSize = 100;
    private const int MaxIdLength = 200;

    /// <summary>A job has a few checkpoints, one an epoch; an endpoint that lists more pages never ends.</summary>
    private const int MaxCheckpointPages = 10;

    private const string Jobs = "fine-tuning jobs";

    private readonly FineTuningHttp _http = new(transport);

    private FineTuningOptions Options => options.Value;

    /// <summary>A job; null when no job has this id.</summary>
    public async Task<FineTuningJob?> FindJobAsync(string jobId, CancellationToken cancellationToken) =>
        // By the id that was asked for: it names blobs and runs.
        await GetAsync<FineTuningJob>($"fine_tuning/jobs/{Uri.EscapeDataString(jobId)}", "", Jobs, cancellationToken) is { } job
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
                "The endpoint's list of fine-tuning jobs contains a job without a valid id.",
                isTransient: false
            );
        }

        var list =
            await GetAsync<JobList>("fine_tuning/jobs", QueryOf(after), Jobs, cancellationToken)
            ?? throw new FineTuningApiException(
                "The endpoint has no list of fine-tuning jobs (404). Check FineTuning__Endpoint and FineTuning__ApiVersion.",
                isTransient: false
            );
        return new JobPage([.. (list.Data ?? []).OfType<FineTuningJob>()], list.HasMore);
    }

    /// <summary>The latest checkpoints of a job, the latest first, without the one that is the tuned model itself.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="tunedModel">The tuned model.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Checkpoint>> ListCheckpointsAsync(
        string jobId,
        string tunedModel,
        int count,
        CancellationToken cancellationToken
    )
    {
        var checkpoints = new List<Checkpoint>();
        string? after = null;
        for (var page = 0; page < MaxCheckpointPages && count > 0; page++)
        {
            var list = await GetAsync<CheckpointList>(
                $"fine_tuning/jobs/{Uri.EscapeDataString(jobId)}/checkpoints",
                QueryOf(after),
                "checkpoints",
                cancellationToken
            );
            var data = (list?.Data ?? []).OfType<Checkpoint>().ToList();
            checkpoints.AddRange(data);
            if (list is not { HasMore: true } || data.Count == 0 || !IsId(data[^1].Id))
            {
                break;
            }

            after = data[^1].Id;
        }

        return
        [
            .. checkpoints
                .Where(checkpoint => IsId(checkpoint.Model) && checkpoint.Model != tunedModel)
                .DistinctBy(checkpoint => checkpoint.Model)
                .OrderByDescending(checkpoint => checkpoint.Step)
                .ThenBy(checkpoint => checkpoint.Model, StringComparer.Ordinal)
                .Take(count),
        ];
    }

    /// <summary>Name of an uploaded file; null when it is deleted.</summary>
    public async Task<string?> FindFileNameAsync(string fileId, CancellationToken cancellationToken) =>
        IsId(fileId)
            ? (await GetAsync<FileEntry>($"files/{Uri.EscapeDataString(fileId)}", "", "a file's name", cancellationToken))?.Filename
            : null;

    /// <summary>
    /// Copies an uploaded file's content; false when it is not available (a provider may refuse it, and it may be deleted).
    /// </summary>
    /// <param name="fileId">The file.</param>
    /// <param name="maxBytes">How many bytes are copied at most; the rest is left out.</param>
    /// <param name="save">Takes the content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryDownloadFileAsync(
        string fileId,
        long maxBytes,
        Func<Stream, Task> save,
        CancellationToken cancellationToken
    ) =>
        IsId(fileId)
        && await _http.TryDownloadAsync(
            RouteFor($"files/{Uri.EscapeDataString(fileId)}/content"),
            AuthorizeAsync,
            maxBytes,
            save,
            cancellationToken
        );

    /// <summary>
    /// The name under which a tuned model can be called; null while there is none. That is the account's deployment whose model it is,
    /// where the provider calls deployments, otherwise the model itself.
    /// </summary>
    public async Task<string?> FindDeploymentAsync(string fineTunedModel, CancellationToken cancellationToken)
    {
        if (Options.Provider.CallsDeployments)
        {
            return await new AccountDeployments(options, _http, identity).FindByModelAsync(fineTunedModel, cancellationToken);
        }

        return
            IsId(fineTunedModel)
            && await GetAsync<ModelEntry>($"models/{Uri.EscapeDataString(fineTunedModel)}", "", "a model", cancellationToken) is not null
            ? fineTunedModel
            : null;
    }

    private static string QueryOf(string? after) =>
        FormattableString.Invariant($"limit={PageSize}") + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");

    /// <summary>Whether a text from the endpoint can be part of an address. The part <c>..</c> would be the parent folder.</summary>
    private static bool IsId(string? text) => text is { Length: > 0 and <= MaxIdLength } and not ("." or "..");

    private Uri RouteFor(string path, string query = "") =>
        Options.Provider.AccountRoute(Options.Endpoint!, Options.ApiVersion, path, query);

    private ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Options.Provider.AuthorizeAsync(request, Options.ApiKey, Options.TokenScope, identity, cancellationToken);

    private Task<T?> GetAsync<T>(string path, string query, string what, CancellationToken cancellationToken)
        where T : class => _http.GetAsync<T>(RouteFor(path, query), what, AuthorizeAsync, cancellationToken);

    /// <summary>A page of the list of jobs.</summary>
    /// <param name="Data">The jobs.</param>
    /// <param name="HasMore">Whether there is another page.</param>
    internal sealed record JobPage(IReadOnlyList<FineTuningJob> Data, bool HasMore);

    private sealed record JobList(IReadOnlyList<FineTuningJob?>? Data, [property: JsonPropertyName("has_more")] bool HasMore);

    private sealed record CheckpointList(IReadOnlyList<Checkpoint?>? Data, [property: JsonPropertyName("has_more")] bool HasMore);

    private sealed record FileEntry(string? Filename);

    private sealed record ModelEntry(string? Id);
}
