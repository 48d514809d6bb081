using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>Sampling parameters; null leaves the endpoint's default.</summary>
public sealed record SamplingSpec
{
    /// <summary>Upper bound of answer tokens, 1–1,000,000. Default 256.</summary>
    [IntegerField(Minimum = 1, Maximum = 1_000_000)]
    [Example(16)]
    public int MaxOutputTokens { get; init; } = 256;

    /// <summary>Temperature, 0–2; null is not sent, since some models refuse it. Default 0.</summary>
    [NumberField(Minimum = 0, Maximum = 2, TakesNull = true)]
    [Example(0)]
    public double? Temperature { get; init; } = 0;

    /// <summary>Nucleus sampling mass, 0–1; null is not sent.</summary>
    [NumberField(Minimum = 0, Maximum = 1)]
    [Example(0.9)]
    public double? TopP { get; init; }

    /// <summary>Seed, a whole number, for endpoints that have one; null is not sent.</summary>
    [IntegerField]
    [Example(7)]
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer; where the endpoint does not take them, the app ends the answer there.</summary>
    [TextListField]
    [Example(Json = """["\n"]""")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether to stream, so that time to first token is measured. Default false.</summary>
    [FlagField]
    [Example(true)]
    public bool Stream { get; init; }

    /// <summary>Whether to ask for log probabilities of the answer's tokens; always on for language modelling. Default false.</summary>
    [FlagField]
    [Example(true)]
    public bool LogProbabilities { get; init; }

    /// <summary>How much a reasoning model thinks, sent as <c>reasoning_effort</c>; null is not sent.</summary>
    [ChoiceField<ReasoningEffort>(Written = Written.UnlessDefault)]
    [Example("low")]
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>
    /// How closely a reasoning model sums up its reasoning, sent as <c>reasoning.summary</c> through the Responses API; null is not sent.
    /// The summary is kept apart from the answer.
    /// </summary>
    [ChoiceField<ReasoningSummary>(Written = Written.UnlessDefault)]
    [Example("auto")]
    public ReasoningSummary? ReasoningSummary { get; init; }

    /// <summary>How much a model writes, sent as <c>verbosity</c>; null is not sent.</summary>
    [ChoiceField<Verbosity>(Written = Written.UnlessDefault)]
    [Example("low")]
    public Verbosity? Verbosity { get; init; }
}
