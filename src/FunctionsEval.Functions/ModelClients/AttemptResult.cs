using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Throttling;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>How one attempt of a call ended. The nested records are all there are.</summary>
internal abstract record AttemptResult
{
    private AttemptResult() { }

    /// <summary>Tokens that the attempt was billed, as far as they are known.</summary>
    public virtual BilledTokens Billed => default;

    /// <summary>What the attempt shows about the endpoint's capacity.</summary>
    public virtual SlotResult Slot => SlotResult.Served;

    /// <summary>What the attempt shows about the endpoint's health.</summary>
    public virtual RequestEnd End => RequestEnd.Served;

    /// <summary>The call is over.</summary>
    public sealed record Ended(ModelCallResult Result) : AttemptResult
    {
        /// <inheritdoc/>
        public override BilledTokens Billed => Result.Billed;

        /// <inheritdoc/>
        public override RequestEnd End => Result is ModelCallResult.Misconfigured ? RequestEnd.Silent : RequestEnd.Served;
    }

    /// <summary>The endpoint refuses this request; it may accept another form of it.</summary>
    public sealed record Refused(EndpointError Error) : AttemptResult
    {
        /// <summary>Tokens billed nevertheless: a refusal may come in the place of an answer, or after a part of it.</summary>
        public BilledTokens Tokens { get; init; }

        /// <inheritdoc/>
        public override BilledTokens Billed => Tokens;
    }

    /// <summary>The same request may succeed later.</summary>
    /// <param name="Fault">The kind of failure.</param>
    /// <param name="Reason">A code.</param>
    /// <param name="RetryAfter">The wait the endpoint asked for.</param>
    public sealed record Transient(TransientFault Fault, string Reason, TimeSpan? RetryAfter = null) : AttemptResult
    {
        /// <summary>The reason for messages, with the status if there was one.</summary>
        public string Description { get; init; } = Reason;

        /// <summary>Tokens billed nevertheless, as far as they are known.</summary>
        public BilledTokens Tokens { get; init; }

        /// <inheritdoc/>
        public override BilledTokens Billed => Tokens;

        /// <inheritdoc/>
        public override SlotResult Slot =>
            Fault switch
            {
                TransientFault.Throttled or TransientFault.Overloaded => SlotResult.Throttled,
                TransientFault.Unusable => SlotResult.Served,
                _ => SlotResult.Unknown,
            };

        /// <inheritdoc/>
        public override RequestEnd End => Fault == TransientFault.Throttled ? RequestEnd.Silent : RequestEnd.Failed;
    }
}
