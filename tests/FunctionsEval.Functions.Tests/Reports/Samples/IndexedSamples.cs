using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Reports.Samples;

/// <summary>Samples of a run in memory, with the index that the app writes beside them.</summary>
internal sealed class IndexedSamples : IDisposable
{
    public const string RunId = "ev-1";

    private readonly SampleIndexes _indexes;

    public IndexedSamples()
    {
        Blobs = new SampleBlobs(Storage.Blobs);
        Scan = new SampleScan(Blobs);
        Pages = new SamplePages(Blobs);
        _indexes = new SampleIndexes(Blobs, new RunBlobs(Storage.Blobs));
    }

    public MemoryStorage Storage { get; } = new(new FakeTimeProvider());

    public SampleBlobs Blobs { get; }

    public SampleScan Scan { get; init; }

    public SamplePages Pages { get; }

    public SampleFinder Finder => new(Blobs, Scan);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Writes samples as a run leaves them.</summary>
    /// <param name="samples">The samples, in dataset order.</param>
    /// <param name="numbers">The numbers of the metrics.</param>
    /// <param name="scoresOf">The numbers of a sample by its position.</param>
    /// <param name="isRight">Whether the answers are right by a metric; by their references without it.</param>
    /// <param name="comparesTexts">Whether they are right by their references at all.</param>
    public async Task WriteAsync(
        IReadOnlyList<SampleResult> samples,
        IReadOnlyList<SampleNumber>? numbers = null,
        Func<int, (double[] Candidate, double[] Baseline)>? scoresOf = null,
        Func<int, (bool? Candidate, bool? Baseline)>? isRight = null,
        bool comparesTexts = true
    )
    {
        using var index = new SampleIndexWriter(Blobs, RunId, numbers ?? [], comparesTexts);
        var file = new MemoryStream();
        foreach (var (position, sample) in samples.Index())
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(sample, ResultJson.Options);
            file.Write([.. line, (byte)'\n']);
            var (candidate, baseline) = scoresOf?.Invoke(position) ?? ([], []);
            var (one, other) = isRight?.Invoke(position) ?? (null, null);
            await index.AddAsync(sample, line.Length, new AnswerNumbers(candidate, one), new AnswerNumbers(baseline, other), Cancellation);
        }

        Storage.Write($"runs/{StorageNames.Samples(RunId)}", file.ToArray());
        await index.CommitAsync((await Blobs.FindAsync(RunId, Cancellation))!, Cancellation);
    }

    public async Task<SampleIndex> IndexAsync() => (await _indexes.FindAsync(RunId, Cancellation))!;

    public async Task<FoundSamples> FindAsync(SampleFilter filter, SampleOrder? order = null) =>
        await Finder.FindAsync(await IndexAsync(), filter, order ?? SampleOrder.Dataset, Cancellation);

    /// <summary>A page, as clients read it.</summary>
    public async Task<SamplePage> PageAsync(SampleFilter filter, int offset, int size, SampleOrder? order = null)
    {
        var json = await Pages.WriteAsync(await IndexAsync(), await FindAsync(filter, order), offset, size, Cancellation);
        return JsonSerializer.Deserialize<SamplePage>(Encoding.UTF8.GetString(json.Span), ResultJson.Options)!;
    }

    public void Dispose()
    {
        _indexes.Dispose();
        Scan.Dispose();
    }
}
