using System.Text.Json.Serialization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Results;

/// <summary>
/// One line of <c>samples.jsonl</c>: a sample with the result of each model. Its only times are those of streamed answers, which the shard
/// log keeps, so the line is the same whenever it is computed.
/// </summary>
public sealed record SampleResult
{
    /// <summary>The sample's id.</summary>
    public required string Id { get; init; }

    /// <summary>Physical line in the dataset, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Byte offset in the dataset.</summary>
    public required long Offset { get; init; }

    /// <summary>What the sample asks; null for a row that is no sample.</summary>
    public string? Input { get; init; }

    /// <summary>What is a right answer; empty for a row that is no sample.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>The sample's slices, by the name of the tag; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Hash of what the sample asks and expects; null for a row that is no sample.</summary>
    public string? Content { get; init; }

    /// <summary>Which of the sample's answers this is, from 1; null where each sample has one.</summary>
    public int? Repeat { get; init; }

    /// <summary>Which of its row's trained turns the sample is, from 1; null where the row is one sample.</summary>
    public int? Turn { get; init; }

    /// <summary>How many trained turns the row has; null where the row is one sample.</summary>
    public int? Turns { get; init; }

    /// <summary>The id of the sample's row, which all turns of a conversation share.</summary>
    [JsonIgnore]
    public string RowId => ConversationTurn.RowIdOf(Id, Turn ?? 0);

    /// <summary>How the sample is found in the training file; null when there is none to look in.</summary>
    public Leak? Leak { get; init; }

    /// <summary>The candidate's answer; null where only the baseline's is there, of a run that was stopped.</summary>
    public AnswerResult? Candidate { get; init; }

    /// <summary>
    /// The baseline's answer; null where there is no baseline, or only the candidate's answer is there, of a run that was stopped.
    /// </summary>
    public AnswerResult? Baseline { get; init; }

    /// <summary>The answer of another run's candidate to the same sample; only where two runs are compared.</summary>
    public AnswerResult? Against { get; init; }

    /// <summary>Which of the two runs alone got it right; only where two runs are compared.</summary>
    public Flip? Flip { get; init; }

    /// <summary>What the sample is known by in addresses; only where the API answers.</summary>
    public string? Key { get; init; }

    /// <summary>Whether each answer is right; only where the API answers.</summary>
    public AnswerMarks? Correct { get; init; }

    /// <summary>The value of the metric that was asked for; only where the API answers.</summary>
    public AnswerScores? Scores { get; init; }

    /// <summary>A sample of which one answer is there, or both.</summary>
    /// <param name="candidate">The candidate's answer; null for none.</param>
    /// <param name="baseline">The baseline's answer; null for none.</param>
    /// <param name="linesBefore">Physical lines of the dataset before those of the shard.</param>
    /// <exception cref="ArgumentException">There is no answer.</exception>
    public static SampleResult From(EvaluatedSample? candidate, EvaluatedSample? baseline, long linesBefore)
    {
        var row = candidate ?? baseline ?? throw new ArgumentException("A sample has an answer.", nameof(candidate));
        return new SampleResult
        {
            Id = row.Id,
            Line = linesBefore + row.Line,
            Offset = row.Offset,
            Input = row.Input,
            References = row.References,
            Tags = row.Tags,
            Content = row.Content,
            Repeat = row.Repeat > 0 ? row.Repeat : null,
            Turn = row.Turn > 0 ? row.Turn : null,
            Turns = row.Turn > 0 ? row.Turns : null,
            Leak = row.Leak,
            Candidate = candidate is null ? null : AnswerResult.From(candidate),
            Baseline = baseline is null ? null : AnswerResult.From(baseline),
        };
    }

    /// <summary>Which model alone got the sample right; null when both did, neither did, or only one of them answered.</summary>
    public Flip? FindFlip() =>
        Candidate is null || Baseline is null || IsRight(Candidate) == IsRight(Baseline) ? null
        : IsRight(Candidate) ? Results.Flip.Gained
        : Results.Flip.Lost;

    /// <summary>Whether an answer of this sample is right.</summary>
    /// <param name="answer">The answer.</param>
    public bool IsRight(AnswerResult answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return EvaluatedSample.IsRightAnswer(answer.Outcome, answer.Prediction, References, answer.Choices, answer.ToolCalls);
    }

    /// <summary>
    /// Whether an answer is right, as <see cref="IsRight"/> has it; null without an answer that counts, without a reference, and where the
    /// model wrote no answer but gave a text's probability.
    /// </summary>
    /// <param name="answer">The answer; null for none.</param>
    public bool? FindCorrect(AnswerResult? answer) =>
        answer is not { IsMeasured: true } ? null
        : answer.Choices is { Count: > 0 } ? IsRight(answer)
        : References.Count == 0 || (answer is { Outcome: Outcome.Scored, Prediction: null }) ? null
        : IsRight(answer);
}

/// <summary>Whether the answers to a sample are right.</summary>
/// <param name="Candidate">Of the candidate; null where it is neither right nor wrong.</param>
/// <param name="Baseline">Of the baseline; null where it is neither right nor wrong.</param>
public sealed record AnswerMarks(bool? Candidate, bool? Baseline);

/// <summary>A metric's value for each answer to a sample.</summary>
/// <param name="Candidate">Of the candidate; null where it has none.</param>
/// <param name="Baseline">Of the baseline; null where it has none.</param>
public sealed record AnswerScores(double? Candidate, double? Baseline);

/// <summary>Which model or run alone got a sample right.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Flip>))]
public enum Flip
{
    /// <summary>Only the candidate, or the run that is compared.</summary>
    [JsonStringEnumMemberName("gained")]
    Gained,

    /// <summary>Only the baseline, or the run it is compared with.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,
}

/// <summary>The result of one model on a sample.</summary>
public sealed record AnswerResult
{
    /// <summary>The outcome of the sample.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Why it is not scored; null where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>What the model answered; null where it did not.</summary>
    public string? Text { get; init; }

    /// <summary>What was read from the answer; null where it does not parse.</summary>
    public string? Prediction { get; init; }

    /// <summary>The tools that the answer calls; null where there is none, and empty where the task asks for calls.</summary>
    public IReadOnlyList<AnsweredCall>? ToolCalls { get; init; }

    /// <summary>Why the model ended its answer, in the endpoint's words.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public int InputTokens { get; init; }

    /// <summary>Of the prompt's tokens those that the endpoint took from its cache; null for none, and where it does not say.</summary>
    public int? CachedInputTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Natural logarithm of the reference's probability; null where the task does not ask for it.</summary>
    public double? LogProbability { get; init; }

    /// <summary>Tokens that <see cref="LogProbability"/> is over.</summary>
    public int LogProbabilityTokens { get; init; }

    /// <summary>What the lenient reading takes from the answer; null where it takes nothing or is not asked for.</summary>
    public string? LenientPrediction { get; init; }

    /// <summary>The probability of each label; null where it is not asked for.</summary>
    public IReadOnlyDictionary<string, double>? LabelProbabilities { get; init; }

    /// <summary>The likelihood of each choice; null where the task has none.</summary>
    public IReadOnlyList<ChoiceLikelihood>? Choices { get; init; }

    /// <summary>The grades, by grader; null for none.</summary>
    public IReadOnlyDictionary<string, Grade>? Grades { get; init; }

    /// <summary>The share of the label probabilities that the top log probabilities gave to no label alone.</summary>
    public double? UnresolvedLabelMass { get; init; }

    /// <summary>The model that answered, in the endpoint's words; null when it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>The configuration of the server that answered; null when the endpoint does not say.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>The route on which the endpoint was called, with its version; null where its API has only one.</summary>
    public string? Route { get; init; }

    /// <summary>The deployment that answered in place of the one that was asked (spillover); null for none that is known.</summary>
    public string? OtherDeployment { get; init; }

    /// <summary>From sending the request to the first token, ms; null unless the answer was streamed.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Tokens a second after the first one; null unless the answer was streamed and its tokens are known.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>What the model wrote for itself besides the answer; null where it wrote nothing of the kind.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tokens of the reasoning among the answer's; null where the endpoint does not say.</summary>
    public int? ReasoningTokens { get; init; }

    /// <summary>What the spec asks for and the endpoint does not take; null for nothing.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>What the answer took; null unless a metric asks for it.</summary>
    public ResponseFigures? Response { get; init; }

    /// <summary>Whether the answer counts in the metrics.</summary>
    [JsonIgnore]
    public bool IsMeasured => Outcome is Outcome.Scored or Outcome.Unparsable;

    /// <summary>The answer that a shard logged.</summary>
    /// <param name="row">The sample with its answer.</param>
    public static AnswerResult From(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new AnswerResult
        {
            Outcome = row.Outcome,
            Reason = row.Reason,
            Text = row.Text,
            Prediction = row.Prediction,
            ToolCalls = row.ToolCalls,
            FinishReason = row.FinishReason,
            InputTokens = row.InputTokens,
            CachedInputTokens = row.CachedInputTokens > 0 ? row.CachedInputTokens : null,
            OutputTokens = row.OutputTokens,
            LogProbability = row.LogProbability,
            LogProbabilityTokens = row.LogProbabilityTokens,
            LenientPrediction = row.LenientPrediction,
            LabelProbabilities = row.LabelProbabilities,
            Choices = row.Choices,
            Grades = row.Grades,
            UnresolvedLabelMass = row.UnresolvedLabelMass,
            Model = row.Model,
            SystemFingerprint = row.SystemFingerprint,
            Route = row.Route,
            OtherDeployment = row.OtherDeployment,
            TimeToFirstTokenMs = row.TimeToFirstTokenMs,
            TokensPerSecond = row.TokensPerSecond,
            Reasoning = row.Reasoning,
            ReasoningTokens = row.ReasoningTokens > 0 ? row.ReasoningTokens : null,
            LeftOut = row.LeftOut,
            Response = row.Response,
        };
    }
}
