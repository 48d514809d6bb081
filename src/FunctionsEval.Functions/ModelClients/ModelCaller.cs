using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Throttling;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Calls configured models. All calls to models go through this class.</summary>
/// <remarks>
/// It decides how often a model is asked and when. Each attempt takes a slot of its model's <see cref="ConcurrencyLimiter"/>; the waits
/// between attempts hold none. <see cref="RequestSender"/> sends the request and reads the response.
/// </remarks>
internal sealed partial class ModelCaller(
    ModelRegistry registry,
    CallRetryPolicy policy,
    RequestSender sender,
    CallTelemetry telemetry,
    TimeProvider time,
    ILogger<ModelCaller> logger
)
{
    /// <summary>Calls a model, repeats the call as needed, and returns the result.</summary>
    /// <param name="modelName">A configured name.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sendNoMore">Stops before an attempt; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once, during an attempt and between attempts.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. Nothing else is thrown for anything
    /// an endpoint or a network does.</exception>
    public Task<ModelCallResult> CallAsync(
        string modelName,
        ModelRequest request,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    ) => CallAsync(modelName, request, confirm: null, sendNoMore, cancellationToken);

    /// <inheritdoc cref="CallAsync(string, ModelRequest, CancellationToken, CancellationToken)"/>
    /// <param name="modelName">A configured name.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="confirm">Waited for right before a request is sent; null for nothing. It throws where nothing may be sent any
    /// more.</param>
    /// <param name="sendNoMore">Stops before an attempt; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once, during an attempt and between attempts.</param>
    public async Task<ModelCallResult> CallAsync(
        string modelName,
        ModelRequest request,
        Func<CancellationToken, Task>? confirm,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        if (!registry.TryGet(modelName, out var model))
        {
            var known = registry.Names.Count == 0 ? "No model is configured" : $"Configured models: {string.Join(", ", registry.Names)}";
            return new ModelCallResult.Misconfigured(
                $"Models: there is no model '{modelName}'. {known}. Add it as Models__0__Name, or change the spec."
            );
        }

        if (model.Options.Api.FindProblem(model.Options, request) is { } problem)
        {
            LogMisconfigured(model.Options.Name, problem);
            return new ModelCallResult.Misconfigured(problem);
        }

        if (request.ScoredText is { Length: 0 })
        {
            return new ModelCallResult.Failed(Outcome.Rejected, CallReasons.EmptyText, "There is no text to score.", Attempts: 0);
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(sendNoMore, cancellationToken);
        using var health = model.Health.Observe();
        var call = new Call(model, request, health, waiting.Token, cancellationToken) { Confirm = confirm };
        try
        {
            return await CallAsync(call);
        }
        catch (OperationCanceledException) when (sendNoMore.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ModelCallResult.NotSent { Attempts = call.FailedAttempts, Paid = call.Paid };
        }
    }

    private async Task<ModelCallResult> CallAsync(Call call)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sent = call.Model.Quirks.Current | call.Tried | call.Model.Options.Api.Lacks;
            var result = await AttemptAsync(call, sent) switch
            {
                AttemptResult.Ended ended => ended.Result,
                AttemptResult.Refused refused => Adapt(call, refused, sent, attempt),
                AttemptResult.Transient fault => await WaitAsync(call, fault, attempt),
                var unknown => throw new InvalidOperationException($"Unknown end of an attempt: {unknown.GetType().Name}."),
            };
            if (result is not null)
            {
                return Finish(call, sent, result.Add(call.Paid), attempt);
            }
        }
    }

    /// <summary>Finds another form of a request that was refused.</summary>
    /// <returns>The result of the call if there is no other form; otherwise null.</returns>
    private static ModelCallResult? Adapt(Call call, AttemptResult.Refused refused, Quirks sent, int attempt)
    {
        var (model, request, error) = (call.Model.Options, call.Request, refused.Error);
        call.Paid += refused.Billed;
        var change = error.IsContentFilter || error.IsContextLength ? Quirks.None : model.Api.Adapt(error, request, sent);
        call.Tried |= change;
        return change == Quirks.None ? RefusedRequest.ToResult(error, model, request, sent, attempt) : null;
    }

    /// <summary>Waits until the next attempt.</summary>
    /// <returns>The result of the call if there is no other attempt; otherwise null.</returns>
    private async Task<ModelCallResult?> WaitAsync(Call call, AttemptResult.Transient fault, int attempt)
    {
        call.Sending.ThrowIfCancellationRequested();
        call.Paid += fault.Billed;
        call.FailedAttempts = attempt;
        var model = call.Model.Options;
        // As long as no request was served, the configuration is the likely cause. Afterwards it may be the prompt, which moderation or a
        // firewall refuses in the same way.
        if (fault.Fault == TransientFault.Denied && !await call.Health.WasAnyoneServedAsync(call.Waiting))
        {
            return GivenUpCall.ToMisconfigured(model, fault);
        }

        if (fault.Fault != TransientFault.Throttled && call.Model.Health.Note(GivenUpCall.Describe(model, fault)))
        {
            LogTrouble(model.Name, GivenUpCall.Describe(model, fault));
        }

        var decision = policy.Next(call.Retries, fault.Fault, fault.RetryAfter);
        LogAttemptFailed(model.Name, attempt, fault.Reason, decision.Wait ?? decision.RetryLater ?? TimeSpan.Zero);
        if (decision.Wait is { } wait)
        {
            await Task.Delay(wait, time, call.Waiting);
            return null;
        }

        var later = new ModelCallResult.RetryLater(decision.RetryLater ?? TimeSpan.Zero, GivenUpCall.ToFailed(model, fault, attempt));
        if (fault.Fault == TransientFault.Throttled)
        {
            return later;
        }

        var result = GivenUpCall.ToResult(model, fault, attempt, await call.Health.WereOthersServedAsync(call.Waiting));
        if (result is ModelCallResult.Unreachable unreachable)
        {
            call.Model.Health.Miss();
            return unreachable with { After = later.After };
        }

        return decision.GiveUp ? result : later;
    }

    private async Task<AttemptResult> AttemptAsync(Call call, Quirks sent)
    {
        var (model, request) = (call.Model, call.Request);
        var estimate = model.Tokens is null ? 0 : RequestBody.EstimateTokens(model.Options, request);
        await model.Line.PassAsync(estimate, call.Waiting);
        AttemptResult? result = null;
        long? started = null;
        try
        {
            var number = await model.Pace.PassAsync(call.Waiting);
            if (call.Confirm is { } confirm)
            {
                await confirm(call.Waiting);
            }

            started = time.GetTimestamp();
            call.Waiting.ThrowIfCancellationRequested();
            using var observed = telemetry.Begin(model.Options, request);
            call.Health.Send();
            try
            {
                result = await sender.SendAsync(model, request, sent, number, call.Sending);
            }
            finally
            {
                call.Health.End(result?.End ?? RequestEnd.Silent);
            }

            observed.End(result);
            if (result.Billed.Total > 0)
            {
                model.Tokens?.Correct(estimate, result.Billed.Total);
            }

            return result;
        }
        finally
        {
            var took = started is { } sentAt ? time.GetElapsedTime(sentAt) : TimeSpan.Zero;
            model.Limiter.Release(result?.Slot ?? SlotResult.Unknown, took);
        }
    }

    private ModelCallResult Finish(Call call, Quirks sent, ModelCallResult result, int attempts)
    {
        var (model, request) = (call.Model, call.Request);
        switch (result)
        {
            case ModelCallResult.Answered answered:
                // Recorded only now that it works, because the refusal may have quoted a prompt.
                var found = sent & ~model.Options.Api.Lacks;
                if (model.Quirks.Add(found))
                {
                    LogQuirkFound(model.Options.Name, found);
                }

                model.Quirks.Add(model.Options.Api.ProvenBy(request, sent));
                var leftOut = model.Options.Api.LeftOut(request, sent);
                return answered with { Completion = answered.Completion with { Attempts = attempts, LeftOut = leftOut } };
            case ModelCallResult.Failed failed:
                return failed with { Attempts = attempts };
            case ModelCallResult.Misconfigured misconfigured:
                LogMisconfigured(model.Options.Name, misconfigured.Message);
                return result;
            default:
                return result;
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Model {Model}: attempt {Attempt} failed ({Reason}); waiting {Wait}.")]
    private partial void LogAttemptFailed(string model, int attempt, string reason, TimeSpan wait);

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "Model {Model}: the endpoint refuses a parameter. From now on, requests are sent with {Change}."
    )]
    private partial void LogQuirkFound(string model, Quirks change);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Model {Model} is misconfigured. {Advice}")]
    private partial void LogMisconfigured(string model, string advice);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Model {Model} serves no request, and is tried again. {Trouble}")]
    private partial void LogTrouble(string model, string trouble);

    /// <summary>A call under way.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Request">What it is asked.</param>
    /// <param name="Health">Its requests among those of other calls.</param>
    /// <param name="Waiting">Stops before an attempt.</param>
    /// <param name="Sending">Stops at once.</param>
    private sealed record Call(
        ConfiguredModel Model,
        ModelRequest Request,
        ModelHealth.Observer Health,
        CancellationToken Waiting,
        CancellationToken Sending
    )
    {
        /// <summary>Waited for right before a request is sent; null for nothing.</summary>
        public Func<CancellationToken, Task>? Confirm { get; init; }

        /// <summary>What the retry policy remembers of it.</summary>
        public CallRetryPolicy.State Retries { get; } = new();

        /// <summary>Other forms that refusals asked for.</summary>
        public Quirks Tried { get; set; }

        /// <summary>The tokens that its failed attempts were billed.</summary>
        public BilledTokens Paid { get; set; }

        /// <summary>Requests sent that failed for transient reasons, including earlier ones.</summary>
        public int FailedAttempts { get; set; }
    }
}
