using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Azure.Identity;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Calls configured models: the only way out to them.</summary>
/// <remarks>Each attempt takes a slot of its model's <see cref="ConcurrencyLimiter"/>; the waits between attempts hold none.</remarks>
internal sealed partial class ModelCaller(
    ModelRegistry registry,
    CallRetryPolicy policy,
    BodyBudget bodies,
    CallTelemetry telemetry,
    TimeProvider time,
    ILogger<ModelCaller> logger
)
{
    // The longest event of a stream: one token with its alternatives, or a whole answer sent at once.
    private const int MaxLineBytes = 1024 * 1024;

    // A stream lasts as long as the model writes: ordinary ones do not wait for each other. The text of some 30,000 tokens.
    private const int MaxFreeStreamBytes = 256 * 1024;

    /// <summary>Asks a model, as often as it takes, and says how it ended.</summary>
    /// <param name="modelName">A configured name.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sendNoMore">Stops before an attempt; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once, during an attempt and between attempts.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. Nothing else is thrown for anything
    /// an endpoint or a network does.</exception>
    public async Task<ModelCallResult> CallAsync(
        string modelName,
        ModelRequest request,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(sendNoMore, cancellationToken);
        var paid = new ModelCallResult.NotSent();
        try
        {
            return await CallAsync(modelName, request, (waiting.Token, cancellationToken), failed => paid = failed);
        }
        catch (OperationCanceledException) when (sendNoMore.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return paid;
        }
    }

    private async Task<ModelCallResult> CallAsync(
        string modelName,
        ModelRequest request,
        (CancellationToken Waiting, CancellationToken Sending) stop,
        Action<ModelCallResult.NotSent> noteFailed
    )
    {
        if (!registry.TryGet(modelName, out var model))
        {
            var known = registry.Names.Count == 0 ? "No model is configured" : $"Configured are {string.Join(", ", registry.Names)}";
            return new ModelCallResult.Misconfigured(
                $"Models: there is no model '{modelName}'. {known}; add it as Models__0__Name, or change the spec."
            );
        }
        if (request.ScoredText is { Length: 0 })
        {
            return new ModelCallResult.Failed(Outcome.Rejected, CallReasons.EmptyText, "There is no text to score.", Attempts: 0);
        }

        using var health = model.Health.Observe();
        var state = new CallRetryPolicy.State();
        var paid = (InputTokens: 0, OutputTokens: 0);
        var tried = Parameters.None;
        for (var attempt = 1; ; attempt++)
        {
            var sent = model.Learned.Current | tried;
            switch (await AttemptAsync(model, request, sent, health, stop))
            {
                case AttemptResult.Ended ended:
                    return Finish(model, request, sent, Add(ended.Result, paid), attempt);

                case AttemptResult.Refused { Error: var error }:
                    var change = ChangeAfter(error, model, request, sent);
                    if (change == Parameters.None)
                    {
                        return Finish(
                            model,
                            request,
                            sent,
                            IsUnableToScore(error, request)
                                ? UnableToScore(model.Options, request, error)
                                : Add(RefusalReader.ToResult(error, model.Options, request, sent, attempt), paid),
                            attempt
                        );
                    }

                    tried |= change;
                    break;

                case AttemptResult.Transient fault:
                    stop.Sending.ThrowIfCancellationRequested();
                    paid = (paid.InputTokens + fault.InputTokens, paid.OutputTokens + fault.OutputTokens);
                    noteFailed(
                        new ModelCallResult.NotSent
                        {
                            Attempts = attempt,
                            InputTokens = paid.InputTokens,
                            OutputTokens = paid.OutputTokens,
                        }
                    );
                    if (await WaitAsync(model, fault, state, attempt, health, stop.Waiting) is { } result)
                    {
                        return Finish(model, request, sent, Add(result, paid), attempt);
                    }

                    break;
            }
        }
    }

    /// <summary>Waits until the next attempt.</summary>
    /// <returns>What the call comes to, where there is no other; otherwise null.</returns>
    private async Task<ModelCallResult?> WaitAsync(
        ConfiguredModel model,
        AttemptResult.Transient fault,
        CallRetryPolicy.State state,
        int attempt,
        ModelHealth.Observer health,
        CancellationToken stop
    )
    {
        // As long as nobody was served, that is the set-up; afterwards it may be the prompt, which moderation or a firewall refuses in the
        // same way.
        if (fault.Fault == TransientFault.Denied && !await health.WasAnyoneServedAsync(stop))
        {
            return GivenUpCall.ToMisconfigured(model.Options, fault);
        }

        var decision = policy.Next(state, fault.Fault, fault.RetryAfter);
        LogAttemptFailed(model.Options.Name, attempt, fault.Reason, decision.Wait ?? decision.RetryLater ?? TimeSpan.Zero);
        if (decision.Wait is { } wait)
        {
            await Task.Delay(wait, time, stop);
            return null;
        }

        var later = new ModelCallResult.RetryLater(
            decision.RetryLater ?? TimeSpan.Zero,
            GivenUpCall.ToFailed(model.Options, fault, attempt)
        );
        if (fault.Fault == TransientFault.Throttled)
        {
            return later;
        }

        var result = GivenUpCall.ToResult(model.Options, fault, attempt, await health.WereOthersServedAsync(stop));
        if (result is ModelCallResult.Unreachable unreachable)
        {
            model.Health.Miss();
            return unreachable with { After = later.After };
        }

        return decision.GiveUp ? result : later;
    }

    private async Task<AttemptResult> AttemptAsync(
        ConfiguredModel model,
        ModelRequest request,
        Parameters sent,
        ModelHealth.Observer health,
        (CancellationToken Waiting, CancellationToken Sending) stop
    )
    {
        var estimate = model.Tokens is null ? 0 : RequestBody.EstimateTokens(model.Options, request);
        await model.Line.PassAsync(estimate, stop.Waiting);
        AttemptResult? result = null;
        var started = time.GetTimestamp();
        try
        {
            stop.Waiting.ThrowIfCancellationRequested();
            using var observed = telemetry.Begin(model.Options, request);
            health.Send();
            try
            {
                result = await SendAsync(model, request, sent, stop.Sending);
            }
            finally
            {
                health.End(result);
            }
            observed.End(result);
            if (BilledTokens(result) is > 0 and var billed)
            {
                model.Tokens?.Correct(estimate, billed);
            }

            return result;
        }
        finally
        {
            model.Limiter.Release(SlotResultOf(result), time.GetElapsedTime(started));
        }
    }

    private async Task<AttemptResult> SendAsync(
        ConfiguredModel model,
        ModelRequest request,
        Parameters sent,
        CancellationToken cancellationToken
    )
    {
        var body = RequestBody.Write(model.Options, request, sent);
        var answer = new PartialAnswer(request.Markers, sent.HasFlag(Parameters.NoStop) ? request.Sampling.Stop : []);
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(model.Options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await model.Endpoint.SendAsync(model.Options.Api, body, stop.Token);
            model.Health.Reach();
            var result = response.Status is >= 200 and < 300
                ? await ReadAsync(response, model.Options, request, started, answer, stop.Token)
                : await RefusalReader.ReadAsync(response, model.Options, time.GetUtcNow(), stop.Token);
            return result is AttemptResult.Ended { Result: ModelCallResult.Answered answered }
                ? new AttemptResult.Ended(answered with { Completion = answer.Time(answered.Completion, time.GetElapsedTime(started)) })
                : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested
                ? answer.Fail(TransientFault.TimedOut, CallReasons.TimedOut)
                : answer.Fail(TransientFault.Unreachable, CallReasons.ConnectionFailed);
        }
        catch (JsonException)
        {
            return answer.BreakOff(CallReasons.UnreadableBody);
        }
        catch (BodyTooLargeException)
        {
            return answer.Fail(TransientFault.Unusable, CallReasons.BodyTooLarge) with
            {
                Description =
                    $"{CallReasons.BodyTooLarge}: of an answer at most {ResponseBody.MaxBytesOf(model.Options, request)} bytes are read; ask for fewer tokens, or for no log probabilities",
            };
        }
        catch (CredentialUnavailableException) when (!model.Health.WasEverReached)
        {
            return new AttemptResult.Transient(TransientFault.NoIdentity, CallReasons.NoIdentityToken);
        }
        catch (AuthenticationFailedException)
        {
            // It is there, or gave a token before: the service that gives them is away.
            return new AttemptResult.Transient(TransientFault.NoIdentityToken, CallReasons.NoIdentityToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ClientResultException)
        {
            if (timeout.IsCancellationRequested)
            {
                return answer.Fail(TransientFault.TimedOut, CallReasons.TimedOut);
            }

            if (
                (e as HttpRequestException ?? e.InnerException as HttpRequestException)?.HttpRequestError
                is HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            )
            {
                return new AttemptResult.Transient(TransientFault.Unreachable, CallReasons.ConnectionFailed);
            }

            return answer.BreakOff(CallReasons.ConnectionBroken);
        }
    }

    private async Task<AttemptResult> ReadAsync(
        PipelineResponse response,
        ModelOptions model,
        ModelRequest request,
        long started,
        PartialAnswer answer,
        CancellationToken stop
    )
    {
        var maxBytes = ResponseBody.MaxBytesOf(model, request);
        var echo = RequestBody.IsEcho(model, request);
        ResponseBody.CheckLength(response, maxBytes);
        var mayStream = model.Api != ModelApi.Embeddings && !echo;
        await using var body = new BodyStream(response.ContentStream ?? Stream.Null, maxBytes, bodies);
        // By what comes, not by Content-Type: servers answer in one piece what they were asked to stream, and proxies name either as they
        // like.
        if (mayStream && IsStream(await body.PeekAsync(stop), IsEventStream(response), request.Sampling.Stream))
        {
            body.MaxLineBytes = Math.Min(maxBytes, MaxLineBytes);
            body.FreeBytes = MaxFreeStreamBytes;
            return await AnswerReader.ReadStreamAsync(
                body,
                model,
                request.Sampling.MaxOutputTokens,
                () => time.GetElapsedTime(started),
                answer,
                stop
            );
        }

        using var document = ResponseBody.Parse(await ResponseBody.ReadAsync(body, stop));
        if (model.Api == ModelApi.Embeddings)
        {
            return AnswerReader.ReadEmbeddings(document.RootElement, model, request.EmbeddedTexts.Count, answer);
        }

        return echo
            ? EchoReader.Read(document.RootElement, model, request, answer)
            : AnswerReader.ReadAnswer(document.RootElement, model, request.Sampling.MaxOutputTokens, answer);
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

    private static Parameters ChangeAfter(EndpointError error, ConfiguredModel model, ModelRequest request, Parameters sent)
    {
        if (error.IsContentFilter || error.IsContextLength)
        {
            return Parameters.None;
        }

        if (RequestBody.IsEcho(model.Options, request))
        {
            // The refusal's text differs from server to server, so this is tried, and remembered only if it works.
            return error.IsAboutEcho || sent.HasFlag(Parameters.EchoOneToken) || sent.HasFlag(Parameters.EchoZeroTokens)
                ? Parameters.None
                : Parameters.EchoOneToken;
        }
        var change = EndpointQuirks.FromRefusal(error, request, model.Options.Api, sent);
        if (change == Parameters.None && EndpointQuirks.MayBeTooManyAlternatives(error, request, sent))
        {
            return Parameters.FewAlternatives;
        }

        return change == Parameters.NoLogProbabilities && request.ScoredText is not null ? Parameters.None : change;
    }

    private ModelCallResult Finish(ConfiguredModel model, ModelRequest request, Parameters sent, ModelCallResult result, int attempts)
    {
        switch (result)
        {
            case ModelCallResult.Answered answered:
                // Now that it works: a refusal that only said so may have quoted a prompt.
                if (model.Learned.Add(sent))
                {
                    LogParameterLearned(model.Options.Name, sent);
                }

                if (RequestBody.IsEcho(model.Options, request))
                {
                    model.Learned.Add(sent.HasFlag(Parameters.EchoOneToken) ? Parameters.EchoOneToken : Parameters.EchoZeroTokens);
                }
                else if (request.Alternatives && !sent.HasFlag(Parameters.NoLogProbabilities))
                {
                    model.Learned.Add(sent.HasFlag(Parameters.FewAlternatives) ? Parameters.FewAlternatives : Parameters.ManyAlternatives);
                }

                return answered with
                {
                    Completion = answered.Completion with
                    {
                        Attempts = attempts,
                        LeftOut = EndpointQuirks.LeftOut(request, model.Options.Api, sent),
                    },
                };
            case ModelCallResult.Failed failed:
                return failed with { Attempts = attempts };
            case ModelCallResult.Misconfigured misconfigured:
                LogMisconfigured(model.Options.Name, misconfigured.Message);
                return result;
            default:
                return result;
        }
    }

    /// <summary>Adds what earlier attempts of the call were billed.</summary>
    private static ModelCallResult Add(ModelCallResult result, (int InputTokens, int OutputTokens) paid) =>
        result switch
        {
            ModelCallResult.Answered { Completion: var completion } answered => answered with
            {
                Completion = completion with
                {
                    InputTokens = completion.InputTokens + paid.InputTokens,
                    OutputTokens = completion.OutputTokens + paid.OutputTokens,
                },
            },
            ModelCallResult.Failed failed => failed with
            {
                InputTokens = failed.InputTokens + paid.InputTokens,
                OutputTokens = failed.OutputTokens + paid.OutputTokens,
            },
            ModelCallResult.RetryLater later => later with { IfGivenUp = (ModelCallResult.Failed)Add(later.IfGivenUp, paid) },
            ModelCallResult.Unreachable unreachable => unreachable with
            {
                IfGivenUp = (ModelCallResult.Failed)Add(unreachable.IfGivenUp, paid),
            },
            _ => result,
        };

    private static bool IsUnableToScore(EndpointError error, ModelRequest request) =>
        request.ScoredText is not null
        && (error.IsAboutEcho || (error.IsUnsupportedParameter && (error.IsAbout("logprobs") || error.IsAbout("echo"))));

    private static ModelCallResult.Misconfigured UnableToScore(ModelOptions model, ModelRequest request, EndpointError error) =>
        ScoringAdvice.NotScored(
            model,
            request,
            error.IsAboutEcho ? nameof(ModelOptions.Api) : nameof(ModelOptions.Deployment),
            RefusalReader.Describe(error)
        );

    private static int BilledTokens(AttemptResult result) =>
        result switch
        {
            AttemptResult.Ended { Result: ModelCallResult.Answered { Completion: var completion } } => completion.InputTokens
                + completion.OutputTokens,
            AttemptResult.Ended { Result: ModelCallResult.Failed failed } => failed.InputTokens + failed.OutputTokens,
            AttemptResult.Transient fault => fault.InputTokens + fault.OutputTokens,
            _ => 0,
        };

    private static SlotResult SlotResultOf(AttemptResult? result) =>
        result switch
        {
            AttemptResult.Ended or AttemptResult.Refused or AttemptResult.Transient { Fault: TransientFault.Unusable } => SlotResult.Served,
            AttemptResult.Transient { Fault: TransientFault.Throttled or TransientFault.Overloaded } => SlotResult.Throttled,
            _ => SlotResult.Unknown,
        };

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Model {Model}: attempt {Attempt} failed ({Reason}); waiting {Wait}.")]
    private partial void LogAttemptFailed(string model, int attempt, string reason, TimeSpan wait);

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "Model {Model}: its endpoint refuses a parameter; from now on requests are sent with {Change}."
    )]
    private partial void LogParameterLearned(string model, Parameters change);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Model {Model} is misconfigured. {Advice}")]
    private partial void LogMisconfigured(string model, string advice);
}
