using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Creates the rows that are logged for the samples of a role.</summary>
internal sealed class SampleRows(RunPlan plan, string role)
{
    /// <summary>The row of a sample that has no answer yet.</summary>
    public EvaluatedSample Empty(DatasetRow row, Sample sample) =>
        new()
        {
            Id = sample.Id,
            Ordinal = row.Ordinal,
            Line = row.Line,
            Offset = row.Offset,
            Outcome = Outcome.Scored,
            Input = role == Roles.Candidate && plan.Spec.Task.Answer != AnswerKind.ScoredText ? sample.Input : null,
            References = [.. sample.References.Select(plan.Parser.NormalizeReference)],
            Tags = sample.Tags.Count > 0 ? sample.Tags : null,
            Content = plan.Contents.HashOf(sample),
            Repeat = plan.RepeatOf(row),
            Turn = row.Turn?.Number ?? 0,
            Turns = row.Turn?.Count ?? 0,
            Leak = plan.Training?.Index?.Find(sample),
        };

    /// <summary>The row of a dataset row that no model can be asked about.</summary>
    /// <param name="row">The row of the dataset.</param>
    /// <param name="id">The sample's id; null where the row is no sample.</param>
    /// <param name="code">What is wrong.</param>
    /// <param name="message">The same in words, without row text.</param>
    /// <param name="column">Where in the line; null for unknown.</param>
    public EvaluatedSample Malformed(DatasetRow row, string? id, string code, string message, int? column) =>
        new()
        {
            Id = id ?? row.Id,
            Ordinal = row.Ordinal,
            Line = row.Line,
            Offset = row.Offset,
            Repeat = plan.RepeatOf(row),
            Turn = row.Turn?.Number ?? 0,
            Turns = row.Turn?.Count ?? 0,
            Outcome = Outcome.MalformedSample,
            Reason = column is null ? $"{code}: {message}" : $"{code}: {message} (column {column})",
        };

    /// <summary>
    /// The row of a quarantined sample: the process ended each time while it evaluated this sample. It is not tried again, so that the
    /// other samples are evaluated.
    /// </summary>
    public EvaluatedSample Quarantined(DatasetRow row, int crashes)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"process_ended: the process ended {crashes} times while it worked on this shard: "
                + $"on this sample among others, in a small group, and on it alone"
        );
        return row is ValidRow { Sample: var sample }
            ? Empty(row, sample) with
            {
                Outcome = Outcome.Exhausted,
                Reason = reason,
            }
            : Malformed(row, id: null, "process_ended", reason["process_ended: ".Length..], column: null);
    }

    /// <summary>The row of a sample that got no answer.</summary>
    public static EvaluatedSample Failed(EvaluatedSample empty, ModelCallResult.Failed failed) =>
        empty with
        {
            Outcome = failed.Outcome,
            Reason = $"{failed.Reason}: {failed.Message}",
            Attempts = empty.Attempts + failed.Attempts,
            InputTokens = empty.InputTokens + failed.InputTokens,
            CachedInputTokens = empty.CachedInputTokens + failed.CachedInputTokens,
            OutputTokens = empty.OutputTokens + failed.OutputTokens,
        };

    /// <summary>A row together with what was paid for the sample before.</summary>
    public static EvaluatedSample WithPaid(EvaluatedSample row, EvaluatedSample before) =>
        row with
        {
            Attempts = row.Attempts + before.Attempts,
            InputTokens = row.InputTokens + before.InputTokens,
            CachedInputTokens = row.CachedInputTokens + before.CachedInputTokens,
            OutputTokens = row.OutputTokens + before.OutputTokens,
        };
}
