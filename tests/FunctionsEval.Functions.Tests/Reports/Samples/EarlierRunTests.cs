using System.Text;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Reports.Samples;

/// <summary>Runs whose samples were written without an index: those of earlier versions of the app.</summary>
public sealed class EarlierRunTests
{
    private readonly EvaluatedRuns _runs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Index_and_scores_are_made_from_samples_and_statistics_and_kept_with_the_run()
    {
        await AddAsync();

        var index = await FindAsync();

        Assert.Equal(["accuracy"], index.Numbers.Select(number => number.Name));
        Assert.True(_runs.Storage.Has("runs/ev-1/samples.index"));
        var worst = await FindAsync(index, new SampleOrder(SampleSort.Score, null, null));
        Assert.Equal([1, 4, 7, 0, 2, 3, 5, 6, 8, 9], worst.Rows);
        Assert.Equal([1, 0, 1, 1, 0, 1, 1, 0, 1, double.NaN], worst.Scores!.Candidate);
        var wrong = await FindAsync(index, SampleOrder.Dataset, SampleFilter.All with { Correct = false });
        Assert.Equal([1, 4, 7], wrong.Rows);
    }

    [Fact]
    public async Task Index_that_is_damaged_anywhere_is_made_again()
    {
        const string Name = "runs/ev-1/samples.index";
        await AddAsync();
        await FindAsync();
        var good = _runs.Storage.BytesOf(Name);
        for (var position = 0; position < good.Length; position += 7)
        {
            var damaged = (byte[])good.Clone();
            damaged[position] ^= 0xFF;
            foreach (var bytes in new[] { damaged, good[..position] })
            {
                _runs.Storage.Write(Name, bytes);

                var index = await FindAsync();

                Assert.Equal(10, index.Count);
                Assert.Equal(good, _runs.Storage.BytesOf(Name));
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    public async Task Scores_that_are_cut_are_lost_and_made_again(int length)
    {
        await AddAsync();
        var index = await FindAsync();
        var bytes = _runs.Storage.BytesOf("runs/ev-1/samples.scores");
        _runs.Storage.Write("runs/ev-1/samples.scores", bytes[..length]);

        await Assert.ThrowsAsync<SampleScoresLostException>(() => FindAsync(index, new SampleOrder(SampleSort.Score, null, null)));
    }

    /// <summary>A run that is resumed has the statistics of more samples than its file, until that is written again.</summary>
    [Fact]
    public async Task Sample_that_the_file_does_not_have_moves_no_score_to_another_sample()
    {
        await AddAsync();
        var lines = _runs.Storage.TextOf("runs/ev-1/samples.jsonl").Split('\n');
        _runs.Storage.Write("runs/ev-1/samples.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', lines.Where((_, place) => place != 2))));

        var index = await FindAsync();
        var worst = await FindAsync(index, new SampleOrder(SampleSort.Score, null, null));

        Assert.Equal([1, 0, 1, 0, 1, 1, 0, 1, double.NaN], worst.Scores!.Candidate);
    }

    /// <summary>What one process commits removes the blocks that another has staged.</summary>
    [Theory]
    [InlineData("samples.index")]
    [InlineData("samples.scores")]
    public async Task Two_processes_that_make_an_index_at_once_both_find_it(string blob)
    {
        await AddAsync();
        await FindAsync();
        var (index, scores) = (_runs.Storage.BytesOf("runs/ev-1/samples.index"), _runs.Storage.BytesOf("runs/ev-1/samples.scores"));
        _runs.Storage.Delete("runs/ev-1/samples.index");
        _runs.Storage.Faults = request =>
        {
            if (
                request.Method == HttpMethod.Put
                && request.RequestUri!.PathAndQuery.Contains($"{blob}?comp=blocklist", StringComparison.Ordinal)
            )
            {
                _runs.Storage.Write("runs/ev-1/samples.scores", scores);
                _runs.Storage.Write("runs/ev-1/samples.index", index);
            }

            return Fault.None;
        };

        var found = await FindAsync();

        var worst = await FindAsync(found, new SampleOrder(SampleSort.Score, null, null));
        Assert.Equal([1, 4, 7], worst.Rows[..3]);
    }

    /// <summary>Two instances that make an index at once can leave one's index beside the other's scores.</summary>
    [Fact]
    public async Task Scores_of_another_version_are_told_from_those_of_the_index()
    {
        await AddAsync();
        var index = await FindAsync();
        _runs.Storage.Write("runs/ev-1/samples.scores", new byte[1_000]);

        await Assert.ThrowsAsync<SampleScoresLostException>(() => FindAsync(index, new SampleOrder(SampleSort.Score, null, null)));

        using var indexes = new SampleIndexes(Blobs, _runs.Blobs);
        await indexes.DiscardAsync("ev-1", Cancellation);
        var again = (await indexes.FindAsync("ev-1", Cancellation))!;
        var worst = await FindAsync(again, new SampleOrder(SampleSort.Score, null, null));
        Assert.Equal([1, 4, 7], worst.Rows[..3]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Run_whose_statistics_are_gone_has_samples_without_scores(int shard)
    {
        await AddAsync();
        _runs.Storage.Delete($"runs/{StorageNames.ShardStatistics("ev-1", "candidate", shard)}");

        var index = await FindAsync();

        Assert.Equal(10, index.Count);
        Assert.Empty(index.Numbers);
    }

    [Fact]
    public async Task Run_without_samples_has_no_index()
    {
        using var indexes = new SampleIndexes(Blobs, _runs.Blobs);
        Assert.Null(await indexes.FindAsync("ev-1", Cancellation));
    }

    /// <summary>Ten samples of which the second, fifth and eighth are wrong, and the last timed out.</summary>
    private Task AddAsync() =>
        _runs.AddAsync(
            "ev-1",
            Enumerable
                .Range(0, 10)
                .Select(number => new EvaluatedRow(
                    $"s{number}",
                    $"text {number}",
                    "even",
                    number == 9 ? null
                        : number % 3 == 1 ? "odd"
                        : "even"
                ))
        );

    private SampleBlobs Blobs => new(_runs.Storage.Blobs);

    private SampleScan Scan => new(Blobs);

    private async Task<SampleIndex> FindAsync()
    {
        using var indexes = new SampleIndexes(Blobs, _runs.Blobs);
        return (await indexes.FindAsync("ev-1", Cancellation))!;
    }

    private Task<FoundSamples> FindAsync(SampleIndex index, SampleOrder order, SampleFilter? filter = null) =>
        new SampleFinder(Blobs, Scan).FindAsync(index, filter ?? SampleFilter.All, order, Cancellation);
}
