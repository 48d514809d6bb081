using Azure;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The answers of an earlier run to the samples of a shard. They are its candidate's.</summary>
internal sealed class StoredAnswers
{
    private readonly Dictionary<RowKey, EvaluatedSample> _rows = [];

    private StoredAnswers() { }

    /// <summary>Reads the answers whose samples lie in a shard, however the earlier run was cut.</summary>
    /// <param name="blobs">The runs' blobs.</param>
    /// <param name="plan">The run that uses the answers.</param>
    /// <param name="shard">Its shard.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="StoredBaselineException">The earlier run was deleted or changed since the planning.</exception>
    public static async Task<StoredAnswers> ReadAsync(RunBlobs blobs, RunPlan plan, int shard, CancellationToken cancellationToken)
    {
        var source = plan.Manifest.BaselineRun!;
        var wanted = plan.Manifest.Shards[shard];
        var answers = new StoredAnswers();
        try
        {
            foreach (var cut in source.Shards)
            {
                var common = cut with { Start = Math.Max(cut.Start, wanted.Start), End = Math.Min(cut.End, wanted.End) };
                if (common.Length > 0)
                {
                    await answers.AddAsync(blobs, source.RunId, common, cancellationToken);
                }
            }

            // Planning writes the manifest before any answer can change: one of the same version says that none had.
            if (await blobs.ManifestVersionAsync(source.RunId, cancellationToken) != source.Version)
            {
                throw StoredBaselineException.Changed(source.RunId);
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            throw StoredBaselineException.Deleted(source.RunId);
        }

        return answers;
    }

    /// <summary>The answer to a sample; null where the earlier run has none.</summary>
    /// <param name="key">What identifies the sample.</param>
    /// <param name="id">Its id.</param>
    public EvaluatedSample? Find(RowKey key, string id) => _rows.GetValueOrDefault(key) is { } row && row.Id == id ? row : null;

    /// <summary>Adds the answers in a part of one of the earlier run's shards.</summary>
    private async Task AddAsync(RunBlobs blobs, string runId, ShardRange part, CancellationToken cancellationToken)
    {
        var log = await ShardLogContent.ReadAsync(blobs.ShardLog(runId, Roles.Candidate, part.Index), part, cancellationToken);
        foreach (var (key, row) in log.Rows.Where(row => !row.Value.IsPartial))
        {
            _rows[key] = row;
        }
    }
}

/// <summary>The run whose answers are the baseline's can no longer be read.</summary>
internal sealed class StoredBaselineException : Exception
{
    private StoredBaselineException(string code, string message)
        : base(message) => Failure = new RunFailure(code, message);

    /// <summary>What it means for the run.</summary>
    public RunFailure Failure { get; }

    public static StoredBaselineException Deleted(string runId) =>
        new(
            "baseline_run_deleted",
            $"baseline: the answers of run {runId} were deleted before all of them were read. What was read is kept. "
                + "Name another run or a model as the baseline and start the evaluation again."
        );

    public static StoredBaselineException Changed(string runId) =>
        new(
            "baseline_run_changed",
            $"baseline: run {runId} was resumed or started again while its answers were read. "
                + "Start the evaluation again with another attempt, once that run is complete."
        );
}
