using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Evaluation;

namespace FunctionsEval.Functions.Tests.Activities;

/// <summary>A leakage check that did not take place, or not in full, is a warning of the run.</summary>
public sealed class LeakageWarningTests
{
    private const string File = "datasets/s/train.jsonl";

    [Theory]
    [InlineData(File, null, "is not there")]
    [InlineData(File, "", "has no rows")]
    [InlineData(File, "{\"text\": \"no reference\"}\n{}\n", "no row can be read as a sample by this spec (the first, line 1: missing_")]
    [InlineData("datasets/s/train.xlsx", "PK", "is not JSONL, CSV or TSV")]
    [InlineData("datasets/s/train.jsonl.gz", "PK", "It is not whole, or not gzip")]
    public async Task Skipped_check_is_said_in_row_summary_and_report(string file, string? content, string expected)
    {
        var (row, summary, report) = await RunAsync(file, content is null ? null : Encoding.UTF8.GetBytes(content));

        var warning = Assert
            .Single(summary["warnings"]!.AsArray(), warning => ((string)warning!).Contains("leakage", StringComparison.Ordinal))!
            .ToString();
        Assert.StartsWith($"Samples were not checked for leakage: {file}", warning, StringComparison.Ordinal);
        Assert.Contains(expected, warning, StringComparison.Ordinal);
        Assert.Contains(warning, row, StringComparer.Ordinal);
        Assert.Contains("Samples were not checked for leakage", report, StringComparison.Ordinal);
        Assert.NotNull(summary["leakage"]!["unchecked"]);
    }

    [Fact]
    public async Task Training_file_over_the_limit_is_said()
    {
        var (row, _, _) = await RunAsync(File, new byte[TrainingIndex.MaxFileBytes + 1]);

        Assert.Contains(row, warning => warning.Contains("is larger than 64 MiB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_are_left_out_of_the_check_are_counted()
    {
        var rows = string.Concat(ShardHarness.Row(0), "not JSON\n", ShardHarness.Row(100), "{}\n");

        var (row, summary, _) = await RunAsync(File, Encoding.UTF8.GetBytes(rows));

        Assert.Contains(
            row,
            warning =>
                warning.Contains(
                    $"{File}: 2 of 4 rows cannot be read as samples by this spec (the first, line 2: invalid_json)",
                    StringComparison.Ordinal
                )
        );
        Assert.Equal((2, 1), ((int)summary["leakage"]!["trainingRows"]!, (int)summary["leakage"]!["exact"]!));
    }

    [Fact]
    public async Task Check_that_took_place_is_no_warning()
    {
        var (row, summary, _) = await RunAsync(File, Encoding.UTF8.GetBytes(ShardHarness.Row(100)));

        Assert.DoesNotContain(row, warning => warning.Contains("leakage", StringComparison.Ordinal));
        Assert.Equal(1, (int)summary["leakage"]!["trainingRows"]!);
    }

    [Fact]
    public async Task Compressed_training_file_is_read_as_the_plain_one()
    {
        var rows = string.Concat(Enumerable.Range(0, 30).Select(ShardHarness.Row));

        var (_, plain, _) = await RunAsync(File, Encoding.UTF8.GetBytes(rows));
        var (row, packed, _) = await RunAsync(File + ".gz", PackedDatasetTests.Gzip(rows));

        Assert.DoesNotContain(row, warning => warning.Contains("leakage", StringComparison.Ordinal));
        Assert.Equal((int)plain["leakage"]!["exact"]!, (int)packed["leakage"]!["exact"]!);
        Assert.Equal(20, (int)packed["leakage"]!["exact"]!);
    }

    private static async Task<(IReadOnlyList<string> Row, JsonObject Summary, string Report)> RunAsync(string file, byte[]? content)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var harness = await ShardHarness.StartAsync(20);
        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        if (content is not null)
        {
            harness.Storage.Write(file, content);
        }

        await harness.PlanAsync(harness.Run with { TrainingFile = file });
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(cancellationToken)).Status);
        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, cancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, cancellationToken));

        var row = harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!;
        var summary = JsonNode.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"))!.AsObject();
        return (RunWarnings.Read(row), summary, harness.Storage.TextOf($"runs/{StorageNames.Report(ShardHarness.RunId)}"));
    }
}
