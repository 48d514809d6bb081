using System.Net;
using System.Text.Json;
using Azure.Identity;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>The endpoint refused, or could not be reached. The message says which, and shows only the status of the response.</summary>
internal sealed class FineTuningApiException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another try later may succeed.</summary>
    public bool IsTransient { get; } = isTransient;
}

/// <summary>Adds the credential to a request.</summary>
internal delegate ValueTask Authorization(HttpRequestMessage request, CancellationToken cancellationToken);

/// <summary>Reads JSON and files from endpoints that may be broken or hostile. Follows no redirect.</summary>
internal sealed class FineTuningHttp(ModelTransport transport)
{
    // Above a page of the largest jobs, or of an account's deployments.
    private const long MaxReplyBytes = 8 << 20;

    private const long MaxRefusalBytes = 64 << 10;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads JSON; null where there is nothing at the address.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="what">What is asked for, for messages.</param>
    /// <param name="authorize">Adds the credential.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FineTuningApiException">It was refused, could not be reached, or is no such JSON.</exception>
    public async Task<T?> GetAsync<T>(Uri uri, string what, Authorization authorize, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var response = await SendAsync(uri, authorize, timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw Refused(uri, what, response.StatusCode);
            }

            await using var content = new BoundedStream(await response.Content.ReadAsStreamAsync(timeout.Token), MaxReplyBytes);
            return await JsonSerializer.DeserializeAsync<T>(content, Json, timeout.Token)
                ?? throw new FineTuningApiException($"{uri.Host} answered null to a request for {what}.", isTransient: true);
        }
        catch (Exception fault)
            when (Explain(fault, uri, what) is { } explained
                && (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            )
        {
            throw explained;
        }
    }

    /// <summary>Sends a change.</summary>
    /// <param name="request">The request, without its credential.</param>
    /// <param name="what">What is asked for, for messages.</param>
    /// <param name="authorize">Adds the credential.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response's status, and the first bytes of its body.</returns>
    /// <exception cref="FineTuningApiException">The endpoint could not be reached. What it had been asked for may have
    /// happened.</exception>
    public async Task<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(
        HttpRequestMessage request,
        string what,
        Authorization authorize,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await authorize(request, timeout.Token);
            using var response = await transport.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            await using var content = new BoundedStream(
                await response.Content.ReadAsStreamAsync(timeout.Token),
                MaxRefusalBytes,
                cuts: true
            );
            using var body = new MemoryStream();
            await content.CopyToAsync(body, timeout.Token);
            return ((int)response.StatusCode, body.ToArray());
        }
        catch (Exception fault)
            when (Explain(fault, request.RequestUri!, what) is { } explained
                && (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            )
        {
            throw explained;
        }
    }

    /// <summary>Copies a file's content; false when it is not available (a provider may refuse it, and it may be deleted).</summary>
    /// <param name="uri">The address.</param>
    /// <param name="authorize">Adds the credential.</param>
    /// <param name="maxBytes">How many bytes are copied at most; the rest is left out.</param>
    /// <param name="save">Takes the content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryDownloadAsync(
        Uri uri,
        Authorization authorize,
        long maxBytes,
        Func<Stream, Task> save,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(DownloadTimeout);
        try
        {
            using var response = await SendAsync(uri, authorize, timeout.Token);
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

    private async Task<HttpResponseMessage> SendAsync(Uri uri, Authorization authorize, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        await authorize(request, cancellationToken);
        return await transport.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static FineTuningApiException Refused(Uri uri, string what, HttpStatusCode code)
    {
        var status = (int)code;
        var advice = code is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? ". Check FineTuning__ApiKey or the identity's roles"
            : "";
        return new FineTuningApiException(
            $"{uri.Host} answered {status} to a request for {what}{advice}.",
            isTransient: status is 408 or 429 or >= 500
        );
    }

    private static FineTuningApiException? Explain(Exception fault, Uri uri, string what) =>
        fault switch
        {
            JsonException => new($"{uri.Host} answered a request for {what} with something other than JSON.", isTransient: true),
            TooManyBytesException => new(
                $"{uri.Host} answered a request for {what} with more than {MaxReplyBytes >> 20} MiB.",
                isTransient: false
            ),
            IOException => new($"{uri.Host} broke off its answer to a request for {what}.", isTransient: true, fault),
            HttpRequestException unreachable => new(
                $"{uri.Host} could not be reached ({unreachable.HttpRequestError}).",
                isTransient: true,
                fault
            ),
            AuthenticationFailedException => new(
                "The managed identity got no token. Give the app a managed identity, or set FineTuning__ApiKey.",
                isTransient: false,
                fault
            ),
            OperationCanceledException => new($"{uri.Host} did not answer within {Timeout.TotalSeconds:0} s.", isTransient: true, fault),
            _ => null,
        };
}
