using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>
/// What ranges of a run's shards add up to when they are paired with those of an earlier run, kept beside what the ranges merge to. A range
/// is used only if it names the planning of the earlier run, and is undamaged; others are paired again.
/// </summary>
internal sealed class PairedRanges
{
    /// <summary>Shards of a range.</summary>
    public const int Size = PlanReport.ShardsMergedTogether;

    private const int HashBytes = 16;

    private readonly RunBlobs _blobs;
    private readonly string _runId;
    private readonly string _version;
    private readonly string _source;

    private PairedRanges(RunBlobs blobs, string runId, string version, string source) =>
        (_blobs, _runId, _version, _source) = (blobs, runId, version, source);

    /// <summary>The ranges of two runs.</summary>
    /// <param name="blobs">The runs' blobs.</param>
    /// <param name="left">The earlier run.</param>
    /// <param name="right">The run that is compared.</param>
    /// <param name="version">The version of what its ranges merge to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PairedRanges> CreateAsync(
        RunBlobs blobs,
        string left,
        string right,
        string version,
        CancellationToken cancellationToken
    )
    {
        var planning = await blobs.ManifestVersionAsync(left, cancellationToken);
        return new PairedRanges(blobs, right, version, $"{left}|{planning}|{version}");
    }

    /// <summary>Keeps a range.</summary>
    public Task WriteAsync(int first, PairTally tally, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        tally.Write(body);
        var pairs = body.ToArray();
        return _blobs.WritePairsAsync(
            _runId,
            _version,
            first,
            new BinaryData((byte[])[.. HeadOf(first), .. XxHash128.Hash(pairs), .. pairs]),
            cancellationToken
        );
    }

    /// <summary>Adds a range that is kept; false where there is none to use.</summary>
    public async Task<bool> TryAddToAsync(PairTally tally, int first, CancellationToken cancellationToken)
    {
        if (await _blobs.FindPairsAsync(_runId, _version, first, cancellationToken) is not { } stored)
        {
            return false;
        }

        var (head, bytes) = (HeadOf(first), stored.ToMemory());
        if (bytes.Length < head.Length + HashBytes || !bytes.Span.StartsWith(head))
        {
            return false;
        }

        var (hash, pairs) = (bytes.Slice(head.Length, HashBytes), bytes[(head.Length + HashBytes)..]);
        if (!XxHash128.Hash(pairs.Span).AsSpan().SequenceEqual(hash.Span))
        {
            return false;
        }

        tally.Merge(new BinaryData(pairs).ToStream());
        return true;
    }

    private byte[] HeadOf(int first) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_source}|{first}\n"));
}
