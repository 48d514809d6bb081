using System.Text.Json;
using Azure;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// The indexes of the runs whose samples were looked at last, 128 MiB of them. An index belongs to one version of <c>samples.jsonl</c>: a run
/// that is resumed gets another one. Where there is none, of a run of an earlier version of the app, it is made from the samples and kept
/// with the run.
/// </summary>
internal sealed class SampleIndexes(SampleBlobs samples, RunBlobs runs) : IDisposable
{
    private const long MaxBytes = 128 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _entries = [];
    private readonly SemaphoreSlim _building = new(1);

    /// <summary>The index of a run's samples as they are now; null when there are none (yet).</summary>
    public async Task<SampleIndex?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        if (await samples.FindAsync(runId, cancellationToken) is not { } file)
        {
            return null;
        }

        var entry = Use(file);
        try
        {
            var index = await entry.Index.Value.WaitAsync(cancellationToken);
            Trim();
            return index;
        }
        catch when (entry.Index.Value.IsFaulted)
        {
            lock (_lock)
            {
                _entries.Remove(entry);
            }

            throw;
        }
    }

    /// <summary>Forgets a run's index, so that it is made again with its scores.</summary>
    public async Task DiscardAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Where(kept => kept.File.RunId == runId).ToList())
            {
                _entries.Remove(entry);
            }
        }

        await samples.DeleteIndexAsync(runId, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _building.Dispose();

    private Entry Use(SampleFile file)
    {
        lock (_lock)
        {
            var entry =
                _entries.FirstOrDefault(kept => kept.File == file) ?? new Entry(file, new Lazy<Task<SampleIndex>>(() => LoadAsync(file)));
            _entries.Remove(entry);
            _entries.AddFirst(entry);
            return entry;
        }
    }

    /// <summary>Forgets those that were used longest ago, but never the last one.</summary>
    private void Trim()
    {
        lock (_lock)
        {
            var bytes = 0L;
            for (var node = _entries.First; node is not null; )
            {
                var next = node.Next;
                var index = node.Value.Index;
                bytes += index is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } ? index.Value.Result.Bytes : 0;
                if (bytes > MaxBytes && node != _entries.First)
                {
                    _entries.Remove(node);
                }

                node = next;
            }
        }
    }

    /// <summary>Reads or makes an index. Several requests may wait for it, so none of them can stop it.</summary>
    private async Task<SampleIndex> LoadAsync(SampleFile file)
    {
        if (await ReadAsync(file) is { } index)
        {
            return index;
        }

        await _building.WaitAsync();
        try
        {
            await BuildAsync(file);
        }
        finally
        {
            _building.Release();
        }

        // Another version can have been written meanwhile, with its own index.
        return await ReadAsync(file) ?? throw new SamplesChangedException();
    }

    private async Task<SampleIndex?> ReadAsync(SampleFile file) =>
        await samples.FindIndexAsync(file.RunId, SampleIndexFormat.MaxBytes, CancellationToken.None) is { } bytes
            ? SampleIndexReader.Read(bytes, file)
            : null;

    private async Task BuildAsync(SampleFile file)
    {
        var scores = await TryFindScoresAsync(file.RunId);
        try
        {
            await BuildAsync(file, scores);
        }
        catch (Exception gone) when (scores is not null && IsUnreadable(gone))
        {
            await BuildAsync(file, scores: null);
        }
    }

    private async Task BuildAsync(SampleFile file, ShardScores? scores)
    {
        using var writer = new SampleIndexWriter(samples, file.RunId, scores?.Scorer.Numbers ?? [], scores?.ComparesTexts ?? true);
        var lines = SampleLines.ReadAsync(await samples.OpenAsync(file, CancellationToken.None), CancellationToken.None);
        await foreach (var (line, sample) in lines)
        {
            var (candidate, baseline) = scores is null ? default : await scores.FindAsync(sample);
            await writer.AddAsync(sample, System.Text.Encoding.UTF8.GetByteCount(line), candidate, baseline, CancellationToken.None);
        }

        await writer.CommitAsync(file, CancellationToken.None);
    }

    /// <summary>What has the scores of the run's shards; null where the run's files are gone, or of a form that is not read any more.</summary>
    private async Task<ShardScores?> TryFindScoresAsync(string runId)
    {
        try
        {
            var manifest = await runs.ReadManifestAsync(runId, CancellationToken.None);
            return new ShardScores(runs, new RunPlan(manifest, await runs.ReadSpecAsync(runId, CancellationToken.None), training: null));
        }
        catch (Exception gone) when (IsUnreadable(gone))
        {
            return null;
        }
    }

    private static bool IsUnreadable(Exception exception) =>
        exception
            is RequestFailedException { Status: 404 }
                or InvalidDataException
                or EndOfStreamException
                or JsonException
                or SpecException
                or OptionException;

    private sealed record Entry(SampleFile File, Lazy<Task<SampleIndex>> Index);
}
