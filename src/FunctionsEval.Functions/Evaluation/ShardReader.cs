using System.Runtime.CompilerServices;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Reads the samples of a shard, each as often as it is to be answered.</summary>
internal sealed class ShardReader(RunPlan plan, int shard, DatasetText texts)
{
    private readonly ShardRange _range = plan.Manifest.Shards[shard];
    private readonly DatasetReader _reader = plan.ReadOptions(shard).CreateReader();

    /// <summary>Physical lines in the shard; known once all rows are read.</summary>
    public int Lines => _reader.LinesRead;

    /// <summary>Answers to be given to what was read so far; a malformed row counts as one.</summary>
    public int Rows { get; private set; }

    /// <summary>Maximum number of bytes that are read. The last row may then be cut off.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <exception cref="DatasetChangedException">The dataset was replaced or deleted meanwhile.</exception>
    public async IAsyncEnumerable<DatasetRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = texts.ReaderOf(plan.Manifest.RunId, plan.Manifest.Dataset, plan.Manifest.UnpackedBytes);
        RangeRead read = (offset, length, token) => text(_range.Start + offset, length, token);
        await foreach (var row in _reader.ReadAsync(read, Math.Min(_range.Length, MaxBytes), cancellationToken))
        {
            // All turns of a conversation are in the share, or none.
            if (!RowLimit.Includes(row.RowId, plan.Spec.Limits.SampleFraction))
            {
                continue;
            }
            // The id includes each answer's own position, so that examples distinguish them.
            var repeats = row is ValidRow ? plan.Spec.Repeats : 1;
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                Rows++;
                yield return row with
                {
                    Ordinal = (row.Ordinal * plan.Spec.Repeats) + repeat,
                };
            }
        }
    }
}
