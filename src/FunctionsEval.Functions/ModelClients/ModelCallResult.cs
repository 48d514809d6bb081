using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>How a model call ended. The nested records are all there are. No message holds a prompt, an answer or a secret.</summary>
internal abstract record ModelCallResult
{
    private ModelCallResult() { }

    /// <summary>Tokens that the call was billed.</summary>
    public virtual BilledTokens Billed => default;

    /// <summary>Adds what earlier attempts of the call were billed.</summary>
    public virtual ModelCallResult Add(BilledTokens earlier) => this;

    /// <summary>
    /// The model answered. A <see cref="Completion.FinishReason"/> of <c>length</c> says the answer was cut; what that means is the
    /// caller's decision.
    /// </summary>
    /// <param name="Completion">The answer.</param>
    public sealed record Answered(Completion Completion) : ModelCallResult
    {
        /// <inheritdoc/>
        public override BilledTokens Billed =>
            new(Completion.InputTokens, Completion.OutputTokens) { CachedInput = Completion.CachedInputTokens };

        /// <inheritdoc/>
        public override Answered Add(BilledTokens earlier) =>
            this with
            {
                Completion = Completion with
                {
                    InputTokens = Completion.InputTokens + earlier.Input,
                    CachedInputTokens = Completion.CachedInputTokens + earlier.CachedInput,
                    OutputTokens = Completion.OutputTokens + earlier.Output,
                },
            };

        /// <summary>Never the answer's text.</summary>
        public override string ToString() => $"{nameof(Answered)} ({Completion.FinishReason})";
    }

    /// <summary>This sample has no answer, which says nothing about the next sample.</summary>
    /// <param name="Outcome"><see cref="Outcome.ContentFiltered"/>, <see cref="Outcome.Rejected"/>, <see cref="Outcome.TimedOut"/> or
    /// <see cref="Outcome.Exhausted"/>.</param>
    /// <param name="Reason">A code for counting: the endpoint's error code when it is one, otherwise one of
    /// <see cref="CallReasons"/>.</param>
    /// <param name="Message">One sentence for people.</param>
    /// <param name="Attempts">Requests sent.</param>
    public sealed record Failed(Outcome Outcome, string Reason, string Message, int Attempts) : ModelCallResult
    {
        /// <summary>Prompt tokens billed nevertheless (for an answer withheld by a filter); 0 when the endpoint does not say.</summary>
        public int InputTokens { get; init; }

        /// <summary>Of the prompt tokens those that the endpoint took from its cache.</summary>
        public int CachedInputTokens { get; init; }

        /// <summary>Answer tokens billed nevertheless; 0 when the endpoint does not say.</summary>
        public int OutputTokens { get; init; }

        /// <inheritdoc/>
        public override BilledTokens Billed => new(InputTokens, OutputTokens) { CachedInput = CachedInputTokens };

        /// <inheritdoc/>
        public override Failed Add(BilledTokens earlier) =>
            this with
            {
                InputTokens = InputTokens + earlier.Input,
                CachedInputTokens = CachedInputTokens + earlier.CachedInput,
                OutputTokens = OutputTokens + earlier.Output,
            };
    }

    /// <summary>No call to this model can succeed until a setting is changed: the run ends.</summary>
    /// <param name="Message">Which setting to check and why.</param>
    public sealed record Misconfigured(string Message) : ModelCallResult
    {
        /// <summary>The code of the run's failure. Default <c>model_misconfigured</c>.</summary>
        public string Code { get; init; } = "model_misconfigured";

        /// <summary>Whether the endpoint knows no such model or deployment: one that was just made may appear within minutes.</summary>
        public bool MayAppear { get; init; }
    }

    /// <summary>The model is unreachable: all attempts failed, and no other request that was sent meanwhile was served.</summary>
    /// <param name="Message">Which setting to check and why.</param>
    /// <param name="IfGivenUp">The sample's result when the run no longer waits.</param>
    public sealed record Unreachable(string Message, Failed IfGivenUp) : ModelCallResult
    {
        /// <summary>The code of the run's failure. Default <c>model_unreachable</c>.</summary>
        public string Code { get; init; } = "model_unreachable";

        /// <summary>The wait that the endpoint asks for; capped by <see cref="CallRetryOptions.LongestRetryLater"/>.</summary>
        public TimeSpan After { get; init; }

        /// <inheritdoc/>
        public override Unreachable Add(BilledTokens earlier) => this with { IfGivenUp = IfGivenUp.Add(earlier) };
    }

    /// <summary>The run was stopped before the request, or a repetition of it, was sent.</summary>
    public sealed record NotSent : ModelCallResult
    {
        /// <summary>Requests sent before.</summary>
        public int Attempts { get; init; }

        /// <summary>Tokens billed for them.</summary>
        public BilledTokens Paid { get; init; }
    }

    /// <summary>The endpoint is throttling for longer than a call should wait: repeat the call later.</summary>
    /// <param name="After">How long to wait; capped by <see cref="CallRetryOptions.LongestRetryLater"/>.</param>
    /// <param name="IfGivenUp">The sample's result when the run no longer waits.</param>
    public sealed record RetryLater(TimeSpan After, Failed IfGivenUp) : ModelCallResult
    {
        /// <summary>The code of the run's failure. Default <c>model_unreachable</c>.</summary>
        public string Code { get; init; } = "model_unreachable";

        /// <inheritdoc/>
        public override RetryLater Add(BilledTokens earlier) => this with { IfGivenUp = IfGivenUp.Add(earlier) };
    }
}
