using System.Runtime.CompilerServices;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Activities;

/// <summary>Reads the rows of a shard, as long as more may be started.</summary>
internal sealed class ShardReader(RunPlan plan, int shard, ReadOnlyMemory<byte> data)
{
    private readonly DatasetReader _reader = new(plan.ReadOptions(shard));

    /// <summary>Whether every row was handed out.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>Physical lines in the shard; known once <see cref="ReachedEnd"/>.</summary>
    public int Lines => _reader.LinesRead;

    public async IAsyncEnumerable<DatasetRow> ReadAsync(Func<bool> mayContinue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new BinaryData(data).ToStream();
        await foreach (var row in _reader.ReadAsync(stream, cancellationToken))
        {
            if (!mayContinue())
                yield break;
            yield return row;
        }

        ReachedEnd = true;
    }
}
