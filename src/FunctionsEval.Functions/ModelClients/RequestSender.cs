using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Azure.Identity;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Sends a request to a model once and reads what comes back, as the model's protocol says.</summary>
internal sealed class RequestSender(BodyBudget bodies, TimeProvider time)
{
    // A stream lasts as long as the model writes: ordinary ones do not wait for each other. The text of some 30,000 tokens.
    private const int MaxFreeStreamBytes = 256 * 1024;

    /// <summary>Sends a request.</summary>
    /// <param name="model">The model it goes to.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sent">What is sent in another form than the usual one.</param>
    /// <param name="number">The request's number among those of the model.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. Nothing else is thrown for anything
    /// an endpoint or a network does.</exception>
    public async Task<AttemptResult> SendAsync(
        ConfiguredModel model,
        ModelRequest request,
        Quirks sent,
        long number,
        CancellationToken cancellationToken
    )
    {
        var body = RequestBody.Write(model.Options, request, sent);
        var answer = new PartialAnswer(request.Markers, sent.HasFlag(Quirks.NoStop) ? request.Sampling.Stop : []);
        var exchange = new ModelExchange(model.Options, request, answer);
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(model.Options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            model.Responses?.Send();
            using var response = await model.Endpoint.SendAsync(body, stop.Token);
            model.Responses?.Add(response);
            model.Health.Reach();
            model.Pace.Learn(number, response.Headers, isThrottled: response.Status == 429);
            var result = response.Status is >= 200 and < 300
                ? await ReadAsync(response, exchange, started, stop.Token)
                : await RefusalReader.ReadAsync(response, model.Options, time.GetUtcNow(), stop.Token);
            return result is AttemptResult.Ended { Result: ModelCallResult.Answered answered }
                ? new AttemptResult.Ended(
                    answered with
                    {
                        Completion = answer.Time(answered.Completion, time.GetElapsedTime(started)) with
                        {
                            Route = model.Options.Provider.DescribeRoute(model.Options),
                            OtherDeployment = AnsweringDeployment.FindOther(response.Headers, model.Options),
                        },
                    }
                )
                : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested
                ? answer.Fail(TransientFault.TimedOut, CallReasons.TimedOut)
                : answer.Fail(TransientFault.Unreachable, CallReasons.ConnectionFailed);
        }
        catch (CredentialUnavailableException) when (!model.Health.WasEverReached)
        {
            return new AttemptResult.Transient(TransientFault.NoIdentity, CallReasons.NoIdentityToken);
        }
        catch (AuthenticationFailedException)
        {
            // The identity exists, or got a token before: the token service is unreachable.
            return new AttemptResult.Transient(TransientFault.NoIdentityToken, CallReasons.NoIdentityToken);
        }
        catch (Exception fault) when (fault is JsonException or IOException or HttpRequestException or ClientResultException)
        {
            return ReadFault(fault, exchange, timeout.IsCancellationRequested);
        }
    }

    private async Task<AttemptResult> ReadAsync(
        PipelineResponse response,
        ModelExchange exchange,
        long started,
        CancellationToken cancellationToken
    )
    {
        var (model, request, _) = exchange;
        var maxBytes = ResponseBody.MaxBytesFor(model, request);
        ResponseBody.CheckLength(response, maxBytes);
        await using var body = new BodyStream(response.ContentStream ?? Stream.Null, maxBytes, bodies);
        // The content decides, not Content-Type: servers may answer a streaming request in one piece, and proxies change the header.
        if (
            model.Api.MayStream(request)
            && IsStream(await body.PeekAsync(cancellationToken), IsEventStream(response), request.Sampling.Stream)
        )
        {
            body.MaxLineBytes = (int)Math.Min(maxBytes, model.Api.MaxEventBytes(request));
            body.FreeBytes = MaxFreeStreamBytes;
            return await AnswerStream.ReadAsync(body, exchange, () => time.GetElapsedTime(started), cancellationToken);
        }

        using var document = ResponseBody.Parse(await ResponseBody.ReadAsync(body, cancellationToken));
        return model.Api.Read(document.RootElement, exchange);
    }

    private static bool IsStream(byte? first, bool isNamedSo, bool isAskedFor) =>
        first switch
        {
            null => isNamedSo,
            (byte)'{' or (byte)'[' or (byte)'<' => false,
            // Fields and comments of events begin with a letter or a colon; compressed bodies do not.
            < (byte)'!' or > (byte)'~' => false,
            _ => isNamedSo || isAskedFor,
        };

    private static bool IsEventStream(PipelineResponse response) =>
        response.Headers.TryGetValue("Content-Type", out var type)
        && type?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The result of an attempt whose connection failed, or whose answer cannot be read.</summary>
    private static AttemptResult.Transient ReadFault(Exception fault, ModelExchange exchange, bool isTimedOut)
    {
        var (model, request, answer) = exchange;
        return fault switch
        {
            JsonException => answer.BreakOff(CallReasons.UnreadableBody),
            BodyTooLargeException => answer.Fail(TransientFault.Unusable, CallReasons.BodyTooLarge) with
            {
                Description =
                    $"{CallReasons.BodyTooLarge}: of an answer at most {ResponseBody.MaxBytesFor(model, request)} bytes are read; "
                    + "ask for fewer tokens, or for no log probabilities",
            },
            _ when isTimedOut => answer.Fail(TransientFault.TimedOut, CallReasons.TimedOut),
            _ when IsWithoutConnection(fault) => new AttemptResult.Transient(TransientFault.Unreachable, CallReasons.ConnectionFailed),
            _ => answer.BreakOff(CallReasons.ConnectionBroken),
        };
    }

    private static bool IsWithoutConnection(Exception fault) =>
        (fault as HttpRequestException ?? fault.InnerException as HttpRequestException)?.HttpRequestError
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
