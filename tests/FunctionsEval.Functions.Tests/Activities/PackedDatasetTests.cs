using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Evaluation;
using Parquet;
using Parquet.Schema;

namespace FunctionsEval.Functions.Tests.Activities;

/// <summary>A compressed or Parquet dataset is unpacked once a run; its shards are ranges of the copy.</summary>
public sealed class PackedDatasetTests
{
    private const string Name = "s/test.jsonl.gz";
    private const int Rows = 500;

    private static readonly string Text = string.Concat(Enumerable.Range(0, Rows).Select(ShardHarness.Row));

    [Fact]
    public async Task Samples_of_a_compressed_dataset_are_those_of_the_plain_one()
    {
        await using var plain = await ShardHarness.StartAsync(1);
        await using var packed = await ShardHarness.StartAsync(1);

        var expected = await EvaluateAsync(plain, await plain.PlanAsync(Text));
        var actual = await EvaluateAsync(packed, await PlanAsync(packed, Gzip(Text)));

        Assert.Equal(Rows, actual.Count);
        Assert.Equal(expected, actual);
        Assert.Equal(Text, packed.Storage.TextOf($"runs/{StorageNames.UnpackedDataset(ShardHarness.RunId)}"));
    }

    [Fact]
    public async Task Samples_of_a_parquet_dataset_are_those_of_the_plain_one()
    {
        await using var plain = await ShardHarness.StartAsync(1);
        await using var packed = await ShardHarness.StartAsync(1);

        var expected = await EvaluateAsync(plain, await plain.PlanAsync(Text));
        var actual = await EvaluateAsync(packed, await PlanAsync(packed, await ParquetAsync(), "s/test.parquet"));

        Assert.Equal(
            expected.Select(sample => (sample.Id, sample.Outcome, sample.Prediction)),
            actual.Select(sample => (sample.Id, sample.Outcome, sample.Prediction))
        );
        Assert.Equal(Rows, packed.Storage.TextOf($"runs/{StorageNames.UnpackedDataset(ShardHarness.RunId)}").Split('\n').Length - 1);
    }

    [Fact]
    public async Task Dataset_that_is_not_whole_is_refused_and_leaves_no_copy()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        var whole = Gzip(Text + string.Concat(Enumerable.Range(Rows, 20_000).Select(ShardHarness.Row)));

        var plan = await PlanAsync(harness, whole[..^20]);

        Assert.Equal("invalid_dataset", plan.Failure!.Code);
        Assert.StartsWith($"datasets/{Name}: It is not whole", plan.Failure.Message, StringComparison.Ordinal);
        Assert.False(harness.Storage.Has($"runs/{StorageNames.UnpackedDataset(ShardHarness.RunId)}"));
    }

    [Fact]
    public async Task Dataset_that_unpacks_to_more_than_the_limit_is_refused_with_the_setting()
    {
        await using var harness = await ShardHarness.StartAsync(1, ("Evaluation:MaxUnpackedBytes", "20000"));

        var plan = await PlanAsync(harness, Gzip(Text));

        Assert.Contains("more than 20000 bytes", plan.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("Evaluation__MaxUnpackedBytes", plan.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_and_wrong_content_is_refused_as_in_a_plain_file()
    {
        await using var harness = await ShardHarness.StartAsync(1);

        Assert.Contains("is empty", (await PlanAsync(harness, [])).Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("is empty", (await PlanAsync(harness, Gzip("\n"))).Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("invalid_json", (await PlanAsync(harness, Gzip("a,b\n1,2\n"))).Failure!.Message, StringComparison.Ordinal);
    }

    /// <summary>The rows of <see cref="Text"/>, in row groups of 150.</summary>
    private static async Task<byte[]> ParquetAsync()
    {
        var rows = Text.Split('\n')[..^1].Select(row => JsonNode.Parse(row)!.AsObject()).ToList();
        var schema = new ParquetSchema(rows[0].Select(field => new DataField<string>(field.Key)));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, file))
        {
            foreach (var chunk in rows.Chunk(150))
            {
                using var group = writer.CreateRowGroup();
                foreach (var field in schema.DataFields)
                {
                    await group.WriteAsync(field, chunk.Select(row => (string?)row[field.Name]).ToArray());
                }
            }
        }

        return file.ToArray();
    }

    private static Task<PlanReport> PlanAsync(ShardHarness harness, byte[] content, string name = Name)
    {
        harness.Storage.Write($"datasets/{name}", content);
        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        var dataset = new DatasetVersion(name, harness.Storage.ETagOf($"datasets/{name}"), content.Length);
        return harness.PlanAsync(new RunRequest(ShardHarness.RunId, dataset, TimeSpan.FromDays(1)));
    }

    private static async Task<List<(string Id, long Offset, Outcome Outcome, string? Prediction)>> EvaluateAsync(
        ShardHarness harness,
        PlanReport plan
    )
    {
        Assert.Null(plan.Failure);
        List<EvaluatedSample> samples = [];
        for (var shard = 0; shard < plan.Shards; shard++)
        {
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard })).Status);
            samples.AddRange(await harness.RowsAsync(shard));
        }

        return [.. samples.Select(sample => (sample.Id, sample.Offset, sample.Outcome, sample.Prediction)).Order()];
    }

    internal static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
