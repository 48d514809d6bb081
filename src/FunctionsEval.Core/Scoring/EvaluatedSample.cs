using System.Text.Json.Serialization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Repeats;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Scoring;

/// <summary>One line of a shard log: one sample, one model, one outcome.</summary>
public sealed record EvaluatedSample
{
    /// <summary>The sample's id (<see cref="Datasets.Sample.Id"/>); the row's offset where it is no sample and has none.</summary>
    public required string Id { get; init; }

    /// <summary>Position of the row in its shard, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Physical line in the shard, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Byte offset of the row in the dataset.</summary>
    public required long Offset { get; init; }

    /// <summary>How the sample ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Why the outcome is not <c>scored</c>: a code, then a sentence without row text.</summary>
    public string? Reason { get; init; }

    /// <summary>The sample's input, logged with the candidate's answer only.</summary>
    public string? Input { get; init; }

    /// <summary>What the model answered, without its reasoning.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// What the model wrote for itself before or amid the answer; null where it wrote nothing of the kind, or the endpoint keeps it.
    /// </summary>
    public string? Reasoning { get; init; }

    /// <summary>Tokens of the reasoning among <see cref="OutputTokens"/>, as the endpoint counts them; 0 where it does not say.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>
    /// What the spec asks for and the endpoint does not take, so that the answer was given without it (<see cref="Completion.LeftOut"/>);
    /// null for nothing.
    /// </summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>The answer as the spec's parsing reads it; null where it does not parse, or there is none.</summary>
    public string? Prediction { get; init; }

    /// <summary>
    /// The tools that the answer calls; empty for an answer of the task tool_calls that calls none, null for one of another task that calls
    /// none, and without an answer.
    /// </summary>
    public IReadOnlyList<AnsweredCall>? ToolCalls { get; init; }

    /// <summary>What the answer is held against, the canonical reference first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The row's tags by name; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>
    /// Hash of what the sample asks and expects (<see cref="Prompts.SampleContent"/>); null for a row that is no sample, and in logs from
    /// before it was kept.
    /// </summary>
    public string? Content { get; init; }

    /// <summary>What the answer took; null unless a metric asks for it.</summary>
    public ResponseFigures? Response { get; init; }

    /// <summary>Why the model ended the answer, in the endpoint's words; null when it does not say.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Prompt tokens that were billed for the sample, those of repeated attempts included.</summary>
    public int InputTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/> those that the endpoint took from its cache; 0 where it does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int CachedInputTokens { get; init; }

    /// <summary>Answer tokens that were billed for the sample, those of repeated attempts included.</summary>
    public int OutputTokens { get; init; }

    /// <summary>
    /// From sending the request to the end of the answer, ms, of the attempt that succeeded; of several requests the longest. Null without
    /// an answer.
    /// </summary>
    public double? LatencyMs { get; init; }

    /// <summary>From sending the request to the first token, ms; null unless the answer was streamed.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Tokens a second after the first one; null unless the answer was streamed and its tokens are known.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>The model that answered, in the endpoint's words; null when it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>The configuration of the server that answered (<c>system_fingerprint</c>); null when it does not say.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>The route on which the endpoint was called, with its version; null where its API has only one.</summary>
    public string? Route { get; init; }

    /// <summary>The deployment that answered in place of the one that was asked; null for none that is known.</summary>
    public string? OtherDeployment { get; init; }

    /// <summary>
    /// Natural-log probability of the scored text, or of the answer, over its tokens; null where it was not asked for or not given.
    /// </summary>
    public double? LogProbability { get; init; }

    /// <summary>Tokens that <see cref="LogProbability"/> is summed over.</summary>
    public int LogProbabilityTokens { get; init; }

    /// <summary>
    /// Whether <see cref="LogProbability"/> is that of the reference, which the model was given, and not of its own answer.
    /// </summary>
    public bool Echo { get; init; }

    /// <summary>The answer as a lenient reading takes it, where that differs from <see cref="Prediction"/>.</summary>
    public string? LenientPrediction { get; init; }

    /// <summary>The probability of each label that has one above 0, adding up to 1; null when not asked for or not given.</summary>
    public IReadOnlyDictionary<string, double>? LabelProbabilities { get; init; }

    /// <summary>
    /// The share of <see cref="LabelProbabilities"/>, 0–1, that the top log probabilities of the answer's tokens gave to no label alone;
    /// null where that is not known.
    /// </summary>
    public double? UnresolvedLabelMass { get; init; }

    /// <summary>The natural-log likelihood of each label that was scored so far; null once all are, and where none is scored.</summary>
    public IReadOnlyDictionary<string, double>? LabelLogLikelihoods { get; init; }

    /// <summary>The choices of a question with their likelihoods.</summary>
    public IReadOnlyList<ChoiceLikelihood>? Choices { get; init; }

    /// <summary>The answer's grades, by the metric's name.</summary>
    public IReadOnlyDictionary<string, Grade>? Grades { get; init; }

    /// <summary>Which of a sample's answers this is, from 1; 0 where each sample has one.</summary>
    public int Repeat { get; init; }

    /// <summary>Which of its row's trained turns the sample is, from 1; 0 where the row is one sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turn { get; init; }

    /// <summary>How many trained turns the row has; 0 where the row is one sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Turns { get; init; }

    /// <summary>The id of the sample's row, which all turns of a conversation share.</summary>
    [JsonIgnore]
    public string RowId => ConversationTurn.RowIdOf(Id, Turn);

    /// <summary>How the sample is found in the training file; null when there is none to look in.</summary>
    public Leak? Leak { get; init; }

    /// <summary>
    /// Whether the row holds only what is paid for so far (an answer without all its grades, some of a question's choices). A later row of
    /// the sample replaces this one.
    /// </summary>
    public bool IsPartial { get; init; }

    /// <summary>
    /// The run's resumption that logged the row, by which a failure that is asked about again is told from the one before; null before the
    /// first.
    /// </summary>
    public int? Resumption { get; init; }

    /// <summary>Requests sent for this sample by the attempt that logged it.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether the row counts in the metrics: the model answered, even if the answer does not parse.</summary>
    public bool IsMeasured => Outcome is Outcome.Scored or Outcome.Unparsable;

    /// <summary>Whether the answer is right: its prediction equals a reference, or it chose a right choice.</summary>
    public bool IsRight => IsRightAnswer(Outcome, Prediction, References, Choices, ToolCalls);

    /// <summary>
    /// Whether an answer's prediction equals a reference, or it chose a right choice. Of tool calls the order does not matter, and where
    /// none is to be called any text is right.
    /// </summary>
    public static bool IsRightAnswer(
        Outcome outcome,
        string? prediction,
        IReadOnlyList<string> references,
        IReadOnlyList<ChoiceLikelihood>? choices,
        IReadOnlyList<AnsweredCall>? toolCalls
    ) =>
        choices is { Count: > 0 }
            ? choices.MaxBy(choice => choice.LogLikelihood)!.IsGold
            : outcome == Outcome.Scored && RightAnswer.EqualsReference(prediction, references, toolCalls is not null);

    /// <summary>
    /// What the metrics see of this row. It depends on the row alone, so that a resumed run and an offline score give the same numbers. A
    /// row that is measured has a reference: a sample without one is malformed.
    /// </summary>
    public MetricSample ToMetricSample() =>
        new()
        {
            References = References,
            Prediction = Outcome == Outcome.Scored ? Prediction : null,
            ToolCalls = ToolCalls,
            ResponseText = Echo ? null : Text,
            Turn = Turn,
            ReasoningTokens = Text is null || Echo || (Reasoning is not null && ReasoningTokens == 0) ? null : ReasoningTokens,
            Response = Response,
            LogProbability = LogProbability,
            LogProbabilityTokens = LogProbabilityTokens,
            ScoredText = Echo ? References[0] : Text,
            LenientPrediction = LenientPrediction ?? Prediction,
            LabelProbabilities = LabelProbabilities,
            UnresolvedLabelMass = UnresolvedLabelMass,
            Choices = Choices,
            Grades = Grades,
        };
}
