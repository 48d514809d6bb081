using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

public sealed class StorageFormatTests
{
    [Fact]
    public void ShardStatistics_written_and_read_are_the_same_in_dataset_order()
    {
        SampleStatistics[] samples =
        [
            new(2, Outcome.Scored, ulong.MaxValue, ["lang=é", "channel=web"], [0, -1, long.MaxValue, long.MinValue])
            {
                Identity = new SampleIdentity(0, ulong.MaxValue),
                IsRight = true,
                Label = 76,
            },
            new(0, Outcome.MalformedSample, 7, [], []),
            new(1, Outcome.Unparsable, 0, ["channel=web"], [1]),
        ];

        var read = ShardStatistics.Read(ShardStatistics.Write(samples, layout: 5), layout: 5)!;

        Assert.Equal([0, 1, 2], read.Select(sample => sample.Ordinal));
        foreach (var sample in samples)
        {
            var same = read[sample.Ordinal];
            Assert.Equal(
                (sample.Outcome, sample.Key, sample.Identity, sample.IsRight, sample.Label),
                (same.Outcome, same.Key, same.Identity, same.IsRight, same.Label)
            );
            Assert.Equal(sample.Slices, same.Slices);
            Assert.Equal(sample.Words, same.Words);
        }
    }

    [Fact]
    public void ShardStatistics_keep_the_turns_and_are_the_same_bytes_without_any()
    {
        SampleStatistics[] rows = [new(0, Outcome.Scored, 1, [], [5]), new(1, Outcome.Scored, 1, [], [6])];
        SampleStatistics[] turns = [rows[0] with { Turn = 1, Turns = 2 }, rows[1] with { Turn = 2, Turns = 2 }];

        var (file, longer) = (ShardStatistics.Write(rows, layout: 5), ShardStatistics.Write(turns, layout: 5));
        Assert.Equal([(1, 2), (2, 2)], ShardStatistics.Read(longer, layout: 5)!.Select(row => (row.Turn, row.Turns)));
        Assert.Equal([(0, 0), (0, 0)], ShardStatistics.Read(file, layout: 5)!.Select(row => (row.Turn, row.Turns)));
        Assert.Equal(file.ToArray(), longer.ToArray()[..file.ToArray().Length]);
    }

    [Fact]
    public void Key_of_a_row_without_turns_is_written_as_before_there_were_any()
    {
        Assert.Equal("""{"offset":5,"repeat":0}""", JsonSerializer.Serialize(new RowKey(5, 0), RunJson.Options));
        foreach (var key in new[] { new RowKey(5, 1), new RowKey(5, 2, 3) })
        {
            Assert.Equal(key, JsonSerializer.Deserialize<RowKey>(JsonSerializer.Serialize(key, RunJson.Options), RunJson.Options));
        }

        // Turns come in the order of the conversation, and each with its answers.
        Assert.Equal(
            [new(5, 1, 1), new(5, 2, 1), new(5, 1, 2), new(6, 0)],
            new RowKey[] { new(6, 0), new(5, 2, 1), new(5, 1, 2), new(5, 1, 1) }.Order()
        );
    }

    [Fact]
    public void ShardStatistics_of_the_same_samples_in_another_order_have_the_same_bytes()
    {
        SampleStatistics first = new(0, Outcome.Scored, 1, ["a=1"], [5]),
            second = new(1, Outcome.Scored, 2, ["a=2"], [6]);

        Assert.Equal(
            ShardStatistics.Write([first, second], layout: 5).ToArray(),
            ShardStatistics.Write([second, first], layout: 5).ToArray()
        );
    }

    [Fact]
    public void ShardStatistics_in_another_layout_or_in_none_are_not_read()
    {
        var file = ShardStatistics.Write([new(0, Outcome.Scored, 1, [], [5])], layout: 5);

        Assert.Null(ShardStatistics.Read(file, layout: 6));

        // The layout, the identities' mark, and of one sample two hashes and a byte.
        const int SinceLayout = sizeof(ulong) + sizeof(uint) + (2 * sizeof(ulong)) + 1;
        Assert.Null(ShardStatistics.Read(new BinaryData(file.ToMemory()[..^SinceLayout]), layout: 5));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("suite/file.jsonl", "suite%2Ffile.jsonl")]
    [InlineData("a\\b#c?d%e\n", "a%5Cb%23c%3Fd%25e%0A")]
    public void Key_leaves_nothing_that_a_table_refuses(string value, string expected) => Assert.Equal(expected, StorageNames.Key(value));

    [Fact]
    public void Quantile_is_within_its_bucket_of_the_exact_one()
    {
        var histogram = new GeometricHistogram();
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            histogram.Add(milliseconds);
        }

        Assert.InRange(histogram.Quantile(0.5)!.Value, 500 * 0.97, 500 * 1.03);
        Assert.InRange(histogram.Quantile(0.99)!.Value, 990 * 0.97, 990 * 1.03);
        Assert.Null(new GeometricHistogram().Quantile(0.5));
    }

    [Fact]
    public void GeometricHistogram_survives_its_file_and_merges()
    {
        var histogram = new GeometricHistogram();
        histogram.Add(12);
        var read = JsonSerializer.Deserialize<GeometricHistogram>(JsonSerializer.Serialize(histogram, RunJson.Options), RunJson.Options)!;
        read.Merge(histogram);

        Assert.Equal(2, read.Buckets.Values.Single());
    }
}
