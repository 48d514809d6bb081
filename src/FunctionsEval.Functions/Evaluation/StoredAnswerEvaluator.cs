using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Gives samples the answers of an earlier run: their texts, grades, tokens and times. Nothing is called, and the run's own metrics measure
/// the answers.
/// </summary>
/// <param name="plan">The run.</param>
/// <param name="role">The role whose answers are stored.</param>
/// <param name="answers">The answers.</param>
internal sealed class StoredAnswerEvaluator(RunPlan plan, string role, StoredAnswers answers) : ISampleEvaluator
{
    /// <summary>The code of a sample that the earlier run did not evaluate.</summary>
    public const string NotInRun = "not_in_baseline_run";

    private readonly StoredBaseline _source = plan.Manifest.BaselineRun!;
    private readonly SampleRows _rows = new(plan, role);

    /// <inheritdoc/>
    public Task<SampleEvaluation> EvaluateAsync(
        DatasetRow row,
        EvaluatedSample? logged,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<SampleEvaluation>(
            new SampleEvaluation.Done(
                row switch
                {
                    MalformedRow malformed => _rows.Malformed(row, id: null, malformed.Reason, malformed.Message, malformed.Column),
                    ValidRow { Sample: var sample } => Copy(row, _rows.Empty(row, sample)),
                    _ => throw new InvalidOperationException($"Unknown kind of row: {row.GetType().Name}."),
                }
            )
        );

    private EvaluatedSample Copy(DatasetRow row, EvaluatedSample empty)
    {
        var stored = answers.Find(RowKey.From(empty), row.Id);
        if (stored is null || (_source.HasSameContents && stored.Content is { } content && content != empty.Content))
        {
            return empty with
            {
                Outcome = Outcome.Exhausted,
                Reason =
                    $"{NotInRun}: run {_source.RunId} has no answer to this sample; "
                    + "compare with a run of the whole dataset, or with a model that can be called",
            };
        }

        // What the row is follows from this run, what was answered from the other. Its requests are not this run's.
        return plan.Measurer.WithinLimits(
            stored with
            {
                Ordinal = empty.Ordinal,
                Line = empty.Line,
                Input = empty.Input,
                References = empty.References,
                Tags = empty.Tags,
                Content = empty.Content,
                Leak = empty.Leak,
                Resumption = null,
                Attempts = 0,
            }
        );
    }
}
