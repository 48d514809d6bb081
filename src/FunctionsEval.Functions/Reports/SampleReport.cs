using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// One line of <c>samples.jsonl</c>: a sample with what became of it for each model. Holds no time but those of streamed answers, which are
/// logged: it is the same whenever it is computed.
/// </summary>
internal sealed record SampleReport
{
    public required string Id { get; init; }

    /// <summary>Physical line in the dataset, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Byte offset in the dataset.</summary>
    public required long Offset { get; init; }

    public string? Input { get; init; }

    public required IReadOnlyList<string> References { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Hash of what the sample asks and expects; absent for a row that is no sample.</summary>
    public string? Content { get; init; }

    /// <summary>Which of the sample's answers this is, from 1; absent where each sample has one.</summary>
    public int? Repeat { get; init; }

    /// <summary>How the sample is found in the training file; absent when there is none to look in.</summary>
    public Leak? Leak { get; init; }

    /// <summary>Null where only the baseline's answer is there: of a run that was stopped.</summary>
    public AnswerReport? Candidate { get; init; }

    /// <summary>Null where there is no baseline, or only the candidate's answer is there: of a run that was stopped.</summary>
    public AnswerReport? Baseline { get; init; }

    /// <summary>What the candidate of another run did with the same sample; only where two runs are held against each other.</summary>
    public AnswerReport? Against { get; init; }

    /// <summary>Which of the two runs alone got it right; only there.</summary>
    public Flip? Flip { get; init; }

    /// <summary>A sample of which one answer is there, or both.</summary>
    public static SampleReport Of(EvaluatedSample? candidate, EvaluatedSample? baseline, long linesBefore)
    {
        var row = candidate ?? baseline ?? throw new ArgumentException("A sample has an answer.", nameof(candidate));
        return new SampleReport
        {
            Id = row.Id,
            Line = linesBefore + row.Line,
            Offset = row.Offset,
            Input = row.Input,
            References = row.References,
            Tags = row.Tags,
            Content = row.Content,
            Repeat = row.Repeat > 0 ? row.Repeat : null,
            Leak = row.Leak,
            Candidate = candidate is null ? null : AnswerReport.Of(candidate),
            Baseline = baseline is null ? null : AnswerReport.Of(baseline),
        };
    }

    /// <summary>Which model alone got the sample right; null when both did, neither did, or only one of them answered.</summary>
    public Flip? FindFlip() =>
        Candidate is null || Baseline is null || IsRight(Candidate) == IsRight(Baseline) ? null
        : IsRight(Candidate) ? Reports.Flip.Gained
        : Reports.Flip.Lost;

    /// <summary>Whether an answer of this sample is right.</summary>
    public bool IsRight(AnswerReport answer) =>
        EvaluatedSample.IsRightAnswer(answer.Outcome, answer.Prediction, References, answer.Choices);
}

/// <summary>What one model did with a sample.</summary>
internal sealed record AnswerReport(
    Outcome Outcome,
    string? Reason,
    string? Text,
    string? Prediction,
    string? FinishReason,
    int InputTokens,
    int OutputTokens,
    double? LogProbability,
    int LogProbabilityTokens,
    string? LenientPrediction,
    IReadOnlyDictionary<string, double>? LabelProbabilities,
    IReadOnlyList<ChoiceLikelihood>? Choices,
    IReadOnlyDictionary<string, Grade>? Grades
)
{
    /// <summary>The share of the label probabilities that the alternatives gave to no label alone.</summary>
    public double? UnresolvedLabelMass { get; init; }

    /// <summary>The model that answered, in the endpoint's words; absent when it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>The configuration of the server that answered; absent when it does not say.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>From sending the request to the first token, ms; absent unless the answer was streamed.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Tokens a second after the first one; absent unless the answer was streamed and its tokens are known.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>What the model wrote for itself besides the answer; absent where it wrote nothing of the kind.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tokens of the reasoning among the answer's; absent where the endpoint does not say.</summary>
    public int? ReasoningTokens { get; init; }

    /// <summary>What the spec asks for and the endpoint does not take; absent for nothing.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>Whether the answer counts in the metrics.</summary>
    [JsonIgnore]
    public bool IsMeasured => Outcome is Outcome.Scored or Outcome.Unparsable;

    public static AnswerReport Of(EvaluatedSample row) =>
        new(
            row.Outcome,
            row.Reason,
            row.Text,
            row.Prediction,
            row.FinishReason,
            row.InputTokens,
            row.OutputTokens,
            row.LogProbability,
            row.LogProbabilityTokens,
            row.LenientPrediction,
            row.LabelProbabilities,
            row.Choices,
            row.Grades
        )
        {
            UnresolvedLabelMass = row.UnresolvedLabelMass,
            Model = row.Model,
            SystemFingerprint = row.SystemFingerprint,
            TimeToFirstTokenMs = row.TimeToFirstTokenMs,
            TokensPerSecond = row.TokensPerSecond,
            Reasoning = row.Reasoning,
            ReasoningTokens = row.ReasoningTokens > 0 ? row.ReasoningTokens : null,
            LeftOut = row.LeftOut,
        };
}
