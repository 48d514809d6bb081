using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;
using Parquet;
using Parquet.Schema;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>The same hundred rows plain, compressed and in columns: the same numbers, in several shards.</summary>
public sealed class PackedDatasetTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Rows = 100;

    private static readonly string[] Lines = [.. Parity.Rows("packed", Rows)];

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Dropped_gzip_and_parquet_have_the_numbers_of_the_plain_file()
    {
        var plain = await _app.EvaluateAsync("plain/test.jsonl", Parity.Spec, Lines);
        var gzip = await _app.EvaluateAsync("gzip/test.jsonl.gz", Parity.Spec, Gzip(string.Join('\n', Lines)));
        var parquet = await _app.EvaluateAsync("parquet/test.parquet", Parity.Spec, await ParquetAsync());

        var expected = await MetricsAsync(plain);
        Assert.Equal(("Completed", "pass"), (plain.GetString("Status"), plain.GetString("Verdict")));
        foreach (var packed in new[] { gzip, parquet })
        {
            Assert.Equal(
                ("Completed", "pass", Rows),
                (packed.GetString("Status"), packed.GetString("Verdict"), (int)packed.GetInt64("Samples")!)
            );
            Assert.Equal(expected, await MetricsAsync(packed));
        }

        Assert.Equal(
            (await _app.SamplesAsync(plain.PartitionKey)).Split('\n').Length,
            (await _app.SamplesAsync(gzip.PartitionKey)).Split('\n').Length
        );
    }

    [Fact]
    public async Task Uploaded_zstandard_is_evaluated_and_a_part_of_a_file_is_refused()
    {
        using var zstd = new ZstdSharp.Compressor();
        var packed = zstd.Wrap(Encoding.UTF8.GetBytes(string.Join('\n', Lines))).ToArray();
        await _app.DropAsync("zstd/README.md", Parity.Spec, ["spec first"]);

        var runId = await PutAsync("zstd/test.jsonl.zst", packed);
        var run = await _app.EndedAsync("zstd/test.jsonl.zst", row => row.PartitionKey == runId);
        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("Samples")));

        runId = await PutAsync("zstd/half.jsonl.zst", packed[..(packed.Length / 2)]);
        run = await _app.EndedAsync("zstd/half.jsonl.zst", row => row.PartitionKey == runId);
        Assert.Equal(("Failed", "invalid_dataset"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains("It is not whole", run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    private async Task<string> PutAsync(string name, byte[] body)
    {
        using var http = _app.Http;
        using var response = await http.PutAsync($"/api/datasets/{name}", new ByteArrayContent(body));
        Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{response.StatusCode}");
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
    }

    private async Task<(double?, double?, double?, long?)> MetricsAsync(TableEntity run)
    {
        var accuracy = await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|all");
        return (accuracy.GetDouble("Value"), accuracy.GetDouble("Lower"), accuracy.GetDouble("Upper"), accuracy.GetInt64("Samples"));
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static async Task<byte[]> ParquetAsync()
    {
        var rows = Lines.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var schema = new ParquetSchema(rows[0].Select(field => new DataField<string>(field.Key)));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, file))
        {
            using var group = writer.CreateRowGroup();
            foreach (var field in schema.DataFields)
            {
                await group.WriteAsync(field, rows.Select(row => (string?)row[field.Name]).ToArray());
            }
        }

        return file.ToArray();
    }
}
