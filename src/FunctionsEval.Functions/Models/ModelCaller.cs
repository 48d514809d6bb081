using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Azure.Identity;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Models;

/// <summary>Calls configured models: the only way out to them.</summary>
/// <remarks>Each attempt takes a slot of its model's <see cref="ConcurrencyLimiter"/>; the waits between attempts hold none.</remarks>
internal sealed partial class ModelCaller(ModelRegistry registry, CallRetryPolicy policy, CallTelemetry telemetry, TimeProvider time, ILogger<ModelCaller> logger)
{
    /// <summary>Asks a model, as often as it takes, and says how it ended.</summary>
    /// <param name="modelName">A configured name.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sendNoMore">Stops before an attempt; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once, during an attempt and between attempts.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. Nothing else is thrown for anything an endpoint or a network does.</exception>
    public async Task<ModelCallResult> CallAsync(string modelName, ModelRequest request, CancellationToken sendNoMore, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(sendNoMore, cancellationToken);
        try
        {
            return await CallAsync(modelName, request, (waiting.Token, cancellationToken));
        }
        catch (OperationCanceledException) when (sendNoMore.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ModelCallResult.NotSent();
        }
    }

    private async Task<ModelCallResult> CallAsync(string modelName, ModelRequest request, (CancellationToken Waiting, CancellationToken Sending) stop)
    {
        if (!registry.TryGet(modelName, out ConfiguredModel? model))
        {
            string known = registry.Names.Count == 0 ? "No model is configured" : $"Configured are {string.Join(", ", registry.Names)}";
            return new ModelCallResult.Misconfigured($"Models: there is no model '{modelName}'. {known}; add it as Models__0__Name, or change the spec.");
        }
        if (request.ScoredText is { Length: 0 })
            return new ModelCallResult.Failed(Outcome.Rejected, CallReasons.EmptyText, "There is no text to score.", Attempts: 0);

        var state = new CallRetryPolicy.State();
        Parameters tried = Parameters.None;
        for (int attempt = 1; ; attempt++)
        {
            Parameters sent = model.Learned.Current | tried;
            switch (await AttemptAsync(model, request, sent, stop))
            {
                case AttemptResult.Ended ended:
                    return Finish(model, request, sent, ended.Result, attempt);

                case AttemptResult.Refused { Error: var error }:
                    Parameters change = ChangeAfter(error, model, request, sent);
                    if (change == Parameters.None)
                        return IsUnableToScore(error, request) ? UnableToScore(model.Options, error) : RefusalReader.ToResult(error, attempt);
                    tried |= change;
                    break;

                case AttemptResult.Passing passing:
                    stop.Sending.ThrowIfCancellationRequested();
                    CallRetryPolicy.Decision decision = policy.Next(state, passing.Fault == PassingFault.Throttled, passing.RetryAfter);
                    LogAttemptFailed(model.Options.Name, attempt, passing.Reason, decision.Wait ?? decision.RetryLater ?? TimeSpan.Zero);
                    if (decision.RetryLater is { } later)
                        return new ModelCallResult.RetryLater(later, Exhausted(passing, attempt));
                    if (decision.GiveUp)
                        return GiveUp(model.Options, passing, attempt);
                    await Task.Delay(decision.Wait!.Value, time, stop.Waiting);
                    break;
            }
        }
    }

    private async Task<AttemptResult> AttemptAsync(
        ConfiguredModel model, ModelRequest request, Parameters sent, (CancellationToken Waiting, CancellationToken Sending) stop)
    {
        await model.Limiter.AcquireAsync(stop.Waiting);
        var slot = SlotResult.Unknown;
        long started = time.GetTimestamp();
        try
        {
            if (model.Requests is { } requests)
                await requests.SpendAsync(1, stop.Waiting);
            int estimate = 0;
            if (model.Tokens is { } tokens)
            {
                estimate = RequestBody.EstimateTokens(model.Options, request);
                await tokens.SpendAsync(estimate, stop.Waiting);
            }

            started = time.GetTimestamp();
            stop.Waiting.ThrowIfCancellationRequested();
            using ObservedCall observed = telemetry.Begin(model.Options, request);
            AttemptResult result = await SendAsync(model, request, sent, stop.Sending);
            observed.End(result);
            model.HasAnswered |= result is not AttemptResult.Passing { Fault: PassingFault.TimedOut or PassingFault.Unreachable or PassingFault.NoIdentityToken };
            slot = result switch
            {
                AttemptResult.Passing { Fault: PassingFault.Throttled or PassingFault.Overloaded } => SlotResult.Throttled,
                AttemptResult.Passing { Fault: PassingFault.TimedOut or PassingFault.Unreachable or PassingFault.NoIdentityToken } => SlotResult.Unknown,
                _ => SlotResult.Served,
            };
            if (BilledTokens(result) is > 0 and var billed)
                model.Tokens?.Correct(estimate, billed);
            return result;
        }
        finally
        {
            model.Limiter.Release(slot, time.GetElapsedTime(started));
        }
    }

    private async Task<AttemptResult> SendAsync(ConfiguredModel model, ModelRequest request, Parameters sent, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = RequestBody.Write(model.Options, request, sent);
        long started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(model.Options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using PipelineResponse response = await model.Endpoint.SendAsync(model.Options.Api, body, stop.Token);
            AttemptResult result = response.Status is >= 200 and < 300
                ? await ReadAsync(response, model.Options, request, started, stop.Token)
                : await RefusalReader.ReadAsync(response, model.Options, time.GetUtcNow(), stop.Token);
            return result is AttemptResult.Ended { Result: ModelCallResult.Answered answered }
                ? new AttemptResult.Ended(answered with { Completion = answered.Completion with { Latency = time.GetElapsedTime(started) } })
                : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested
                ? new AttemptResult.Passing(PassingFault.TimedOut, CallReasons.TimedOut)
                : new AttemptResult.Passing(PassingFault.Unreachable, CallReasons.ConnectionFailed);
        }
        catch (JsonException)
        {
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.UnreadableBody);
        }
        catch (BodyTooLargeException)
        {
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.BodyTooLarge);
        }
        catch (AuthenticationFailedException)
        {
            return new AttemptResult.Passing(PassingFault.NoIdentityToken, CallReasons.NoIdentityToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ClientResultException)
        {
            if (timeout.IsCancellationRequested)
                return new AttemptResult.Passing(PassingFault.TimedOut, CallReasons.TimedOut);
            return (e as HttpRequestException ?? e.InnerException as HttpRequestException)?.HttpRequestError
                is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
                ? new AttemptResult.Passing(PassingFault.Unreachable, CallReasons.ConnectionFailed)
                : new AttemptResult.Passing(PassingFault.Broken, CallReasons.ConnectionBroken);
        }
    }

    private async Task<AttemptResult> ReadAsync(PipelineResponse response, ModelOptions model, ModelRequest request, long started, CancellationToken cancellationToken)
    {
        bool echo = RequestBody.IsEcho(model, request);
        // A server that does not stream answers in one piece all the same.
        if (request.Sampling.Stream && !echo && response.Headers.TryGetValue("Content-Type", out string? type) && type?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
            return await AnswerReader.ReadStreamAsync(response, () => time.GetElapsedTime(started), cancellationToken);
        using JsonDocument document = await AnswerReader.ReadJsonAsync(response, cancellationToken);
        if (model.Api == ModelApi.Embeddings)
            return AnswerReader.ReadEmbeddings(document.RootElement, request.EmbeddedTexts.Count);
        return echo ? AnswerReader.ReadEcho(document.RootElement, model, request.ScoredText!, request.ScoredFrom) : AnswerReader.ReadAnswer(document.RootElement);
    }

    private Parameters ChangeAfter(EndpointError error, ConfiguredModel model, ModelRequest request, Parameters sent)
    {
        if (error.IsContentFilter || error.IsContextLength)
            return Parameters.None;
        if (RequestBody.IsEcho(model.Options, request))
        {
            // The refusal's text differs from server to server, so this is tried, and remembered only if it works.
            return sent.HasFlag(Parameters.EchoOneToken) || sent.HasFlag(Parameters.EchoZeroTokens) ? Parameters.None : Parameters.EchoOneToken;
        }
        Parameters change = LearnedParameters.FromRefusal(error, request.Sampling, sent);
        if (change == Parameters.None || (change == Parameters.NoLogProbabilities && request.ScoredText is not null))
            return Parameters.None;
        if (model.Learned.Add(change))
            LogParameterLearned(model.Options.Name, change);
        return change;
    }

    private ModelCallResult Finish(ConfiguredModel model, ModelRequest request, Parameters sent, ModelCallResult result, int attempts)
    {
        switch (result)
        {
            case ModelCallResult.Answered answered:
                if (RequestBody.IsEcho(model.Options, request))
                    model.Learned.Add(sent.HasFlag(Parameters.EchoOneToken) ? Parameters.EchoOneToken : Parameters.EchoZeroTokens);
                return answered with { Completion = answered.Completion with { Attempts = attempts } };
            case ModelCallResult.Failed failed:
                return failed with { Attempts = attempts };
            case ModelCallResult.Misconfigured misconfigured:
                LogMisconfigured(model.Options.Name, misconfigured.Message);
                return result;
            default:
                return result;
        }
    }

    private static ModelCallResult GiveUp(ModelOptions model, AttemptResult.Passing last, int attempts) => last.Fault switch
    {
        PassingFault.Unreachable => new ModelCallResult.Unreachable(
            $"{model.Setting(nameof(ModelOptions.Endpoint))}: no connection to {model.Endpoint.Host}:{model.Endpoint.Port} in {attempts} attempts (name, port, TLS certificate or firewall). Check the address and that the server is running.",
            Exhausted(last, attempts)),
        PassingFault.NoIdentityToken => new ModelCallResult.Misconfigured(
            $"{model.Setting(nameof(ModelOptions.ApiKey))}: no key is set, and the managed identity gave no token. Assign an identity to this app (locally: az login), or set a key."),
        PassingFault.TimedOut => new ModelCallResult.Failed(Outcome.TimedOut, last.Reason, $"No answer within {model.Timeout.TotalSeconds:0.###} s ({model.Setting(nameof(ModelOptions.Timeout))}), in {attempts} attempts.", attempts),
        _ => Exhausted(last, attempts),
    };

    private static ModelCallResult.Failed Exhausted(AttemptResult.Passing last, int attempts) =>
        new(Outcome.Exhausted, last.Reason, $"All {attempts} attempts failed, the last with {last.Reason}.", attempts);

    private static bool IsUnableToScore(EndpointError error, ModelRequest request) => request.ScoredText is not null && error.IsUnsupportedParameter && (error.IsAbout("logprobs") || error.IsAbout("echo"));

    private static ModelCallResult.Misconfigured UnableToScore(ModelOptions model, EndpointError error) =>
        new($"{model.Setting(nameof(ModelOptions.Deployment))}: model '{model.Deployment}' gives no log probabilities ({RefusalReader.Describe(error)}), which language modelling needs. Name a model that does.");

    private static int BilledTokens(AttemptResult result) => result switch
    {
        AttemptResult.Ended { Result: ModelCallResult.Answered { Completion: var completion } } => completion.InputTokens + completion.OutputTokens,
        AttemptResult.Ended { Result: ModelCallResult.Failed failed } => failed.InputTokens + failed.OutputTokens,
        _ => 0,
    };

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Model {Model}: attempt {Attempt} failed ({Reason}); waiting {Wait}.")]
    private partial void LogAttemptFailed(string model, int attempt, string reason, TimeSpan wait);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Model {Model}: its endpoint refuses a parameter; from now on requests are sent with {Change}.")]
    private partial void LogParameterLearned(string model, Parameters change);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Model {Model} is misconfigured. {Advice}")]
    private partial void LogMisconfigured(string model, string advice);
}
