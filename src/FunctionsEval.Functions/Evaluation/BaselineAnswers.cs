using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The baseline's answers to the samples of a shard, which the candidate's are compared with.</summary>
internal sealed class BaselineAnswers
{
    private readonly Dictionary<RowKey, Answer> _answers = [];

    /// <param name="rows">The baseline's rows in the shard log.</param>
    public BaselineAnswers(IEnumerable<EvaluatedSample> rows)
    {
        foreach (var row in rows.Where(row => !row.IsPartial))
        {
            _answers[RowKey.From(row)] = new Answer(row.Id, row.Outcome, row.IsMeasured ? row.Text ?? "" : null);
        }
    }

    /// <summary>What the baseline answered to the sample of a row; null where it has no answer that counts.</summary>
    /// <param name="row">The candidate's row.</param>
    public string? Find(EvaluatedSample row) => AnswerTo(row)?.Text;

    /// <summary>The outcome of the baseline for the sample of a row; null for none.</summary>
    /// <param name="row">The candidate's row.</param>
    public Outcome? OutcomeOf(EvaluatedSample row) => AnswerTo(row)?.Outcome;

    /// <summary>Says in a sentence that the baseline has no answer.</summary>
    /// <param name="outcome">Its outcome; null for none.</param>
    public static string Describe(Outcome? outcome) =>
        outcome is { } known
            ? $"The baseline has no answer to compare with; its outcome is {OutcomeNames.NameOf(known)}."
            : "The baseline has no answer to compare with.";

    private Answer? AnswerTo(EvaluatedSample row) =>
        _answers.GetValueOrDefault(RowKey.From(row)) is { } answer && answer.Id == row.Id ? answer : null;

    private sealed record Answer(string Id, Outcome Outcome, string? Text);
}
