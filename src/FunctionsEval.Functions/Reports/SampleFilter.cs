using System.Collections;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>Which samples to find; a part that is null matches every sample.</summary>
/// <param name="Outcome">Of the candidate or the baseline; of one of them where <see cref="Role"/> says so.</param>
/// <param name="Label">One of the sample's references.</param>
/// <param name="Prediction">Of the candidate.</param>
/// <param name="Flip">Which model alone got it right.</param>
internal sealed record SampleFilter(Outcome? Outcome, string? Label, string? Prediction, Flip? Flip)
{
    /// <summary>Every sample.</summary>
    public static readonly SampleFilter All = new(null, null, null, null);

    /// <summary>Whether the candidate is right.</summary>
    public bool? Correct { get; init; }

    /// <summary>Whether the baseline is right.</summary>
    public bool? BaselineCorrect { get; init; }

    /// <summary>What the baseline's answer was read as.</summary>
    public string? BaselinePrediction { get; init; }

    /// <summary>Why the answer ended, in the endpoint's word; of either model unless <see cref="Role"/> names one.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Whose outcome and finish reason are meant, one of <see cref="Roles"/>; null for either.</summary>
    public string? Role { get; init; }

    /// <summary>Tags that the sample has, all of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>A text in the sample's id, input or references, or in an answer; in any letter case.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// By position in the file: whether the sample matches, as an index found it. Null, and behind its end, for a look at each sample.
    /// </summary>
    public BitArray? Found { get; init; }

    /// <summary>By position in the file: whether the answers are right, as an index has it. Null, and behind its end, where none says it.</summary>
    public Func<int, AnswerMarks?>? Marks { get; init; }

    /// <summary>Whether the sample at a position matches.</summary>
    public bool MatchesAt(int position, SampleResult sample) =>
        Found is { } found && position < found.Length ? found[position] : Matches(sample);

    /// <summary>
    /// Whether a sample matches. An index comes to the same, but for what is right, where a metric of the spec counts right answers.
    /// </summary>
    public bool Matches(SampleResult sample) =>
        (Outcome is null || IsOfEither(sample, answer => answer.Outcome == Outcome))
        && (Label is null || sample.References.Contains(Label, StringComparer.Ordinal))
        && (Prediction is null || sample.Candidate?.Prediction == Prediction)
        && (BaselinePrediction is null || sample.Baseline?.Prediction == BaselinePrediction)
        && (Flip is null || sample.FindFlip() == Flip)
        && (Correct is null || sample.FindCorrect(sample.Candidate) == Correct)
        && (BaselineCorrect is null || sample.FindCorrect(sample.Baseline) == BaselineCorrect)
        && (FinishReason is null || IsOfEither(sample, answer => answer.FinishReason == FinishReason))
        && Tags.All(tag => SampleTags.Find(sample, tag.Key) == tag.Value)
        && (Text is null || TextsOf(sample).Any(text => text.Contains(Text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The texts that are searched.</summary>
    private static IEnumerable<string> TextsOf(SampleResult sample) =>
        new[] { sample.Id, sample.Input }
            .Concat(sample.References)
            .Concat(TextsOf(sample.Candidate))
            .Concat(TextsOf(sample.Baseline))
            .OfType<string>();

    private static IEnumerable<string?> TextsOf(AnswerResult? answer) =>
        answer is null ? [] : [answer.Text, .. (answer.ToolCalls ?? []).SelectMany(call => new[] { call.Name, call.Arguments })];

    private bool IsOfEither(SampleResult sample, Func<AnswerResult, bool> matches) =>
        (Role != Roles.Baseline && sample.Candidate is { } candidate && matches(candidate))
        || (Role != Roles.Candidate && sample.Baseline is { } baseline && matches(baseline));
}
