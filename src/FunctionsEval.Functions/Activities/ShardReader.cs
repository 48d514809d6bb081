using System.Globalization;
using System.Runtime.CompilerServices;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Activities;

/// <summary>Reads the rows of a shard, each as often as it is to be answered.</summary>
internal sealed class ShardReader(RunPlan plan, int shard, ReadOnlyMemory<byte> data)
{
    private readonly DatasetReader _reader = new(plan.ReadOptions(shard));

    /// <summary>Physical lines in the shard; known once all rows are read.</summary>
    public int Lines => _reader.LinesRead;

    /// <summary>Rows read so far.</summary>
    public int Rows { get; private set; }

    public async IAsyncEnumerable<DatasetRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new BinaryData(data).ToStream();
        await foreach (var row in _reader.ReadAsync(stream, cancellationToken))
        {
            if (!RowLimit.Includes(IdOf(row), plan.Spec.Limits.SampleFraction))
                continue;
            // Of each answer's own position, so that examples know them apart.
            var repeats = row is ValidRow ? plan.Spec.Repeats : 1;
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                Rows++;
                yield return row with { Ordinal = (row.Ordinal * plan.Spec.Repeats) + repeat };
            }
        }
    }

    /// <summary>The id under which a row is logged.</summary>
    public static string IdOf(DatasetRow row) =>
        row is ValidRow valid ? valid.Sample.Id : row.Offset.ToString(CultureInfo.InvariantCulture);
}
