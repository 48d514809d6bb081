using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>What the app rests on in its blobs, whatever keeps them. Each test has runs of its own.</summary>
public abstract class BlobContract
{
    private static readonly ShardRange Shard = new(0, 0, 1_000_000);
    private static int _tests;

    private readonly string _runId = "ev-" + Interlocked.Increment(ref _tests).ToString(CultureInfo.InvariantCulture);

    protected abstract BlobServiceClient Service { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_not_written_is_not_found()
    {
        var blobs = await BlobsAsync();

        Assert.Null(await blobs.FindSpecAsync(_runId, Cancellation));
        Assert.Null(await blobs.FindManifestAsync(_runId, Cancellation));
        Assert.Null(await blobs.FindShardStateAsync(_runId, "candidate", 0, Cancellation));
        Assert.Null(await blobs.FindSummaryAsync(_runId, Cancellation));
        Assert.Null(await blobs.FindReportAsync(_runId, Cancellation));
        Assert.Null(await blobs.OpenSamplesForReadAsync(_runId, offset: 0, Cancellation));
    }

    [Fact]
    public async Task Spec_that_is_written_is_the_one_that_is_read()
    {
        var blobs = await BlobsAsync();
        await blobs.WriteSpecAsync(_runId, """{"task":"generation","model":"größer"}""", Cancellation);

        Assert.Equal("größer", (await blobs.ReadSpecAsync(_runId, Cancellation)).Model);
        Assert.Equal("größer", (await blobs.FindSpecAsync(_runId, Cancellation))!.Model);
    }

    [Fact]
    public async Task Manifest_is_replaced_by_the_next_planning_and_has_another_version_then()
    {
        var blobs = await BlobsAsync();
        await blobs.WriteManifestAsync(Manifest(shards: 1), Cancellation);
        var version = await blobs.ManifestVersionAsync(_runId, Cancellation);
        Assert.Equal(version, await blobs.ManifestVersionAsync(_runId, Cancellation));

        await blobs.WriteManifestAsync(Manifest(shards: 2), Cancellation);

        Assert.Equal(Manifest(shards: 2).Shards, (await blobs.ReadManifestAsync(_runId, Cancellation)).Shards);
        Assert.NotEqual(version, await blobs.ManifestVersionAsync(_runId, Cancellation));
    }

    [Fact]
    public async Task Statistics_of_each_shard_and_role_are_kept_byte_for_byte()
    {
        var blobs = await BlobsAsync();
        await blobs.WriteShardStatisticsAsync(_runId, "candidate", 0, new BinaryData(new byte[] { 0, 255, 10 }), Cancellation);
        await blobs.WriteShardStatisticsAsync(_runId, "candidate", 1, new BinaryData(new byte[] { 1 }), Cancellation);
        await blobs.WriteShardStatisticsAsync(_runId, "baseline", 0, new BinaryData(Array.Empty<byte>()), Cancellation);

        Assert.Equal([0, 255, 10], (await blobs.ReadShardStatisticsAsync(_runId, "candidate", 0, Cancellation)).ToArray());
        Assert.Equal([1], (await blobs.ReadShardStatisticsAsync(_runId, "candidate", 1, Cancellation)).ToArray());
        Assert.Empty((await blobs.ReadShardStatisticsAsync(_runId, "baseline", 0, Cancellation)).ToArray());
    }

    [Fact]
    public async Task Summary_and_report_are_there_until_they_are_deleted()
    {
        var blobs = await BlobsAsync();
        await blobs.WriteSummaryAsync(_runId, BinaryData.FromString("{}"), Cancellation);
        await blobs.WriteReportAsync(_runId, "<!doctype html>", Cancellation);
        Assert.Equal("{}", (await blobs.FindSummaryAsync(_runId, Cancellation))!.ToString());
        Assert.Equal("<!doctype html>", (await blobs.FindReportAsync(_runId, Cancellation))!.ToString());

        await blobs.DeleteSummaryAsync(_runId, Cancellation);
        await blobs.DeleteSummaryAsync(_runId, Cancellation);

        Assert.Null(await blobs.FindSummaryAsync(_runId, Cancellation));
        Assert.Null(await blobs.FindReportAsync(_runId, Cancellation));
    }

    [Fact]
    public async Task Training_file_of_a_job_is_downloaded_once()
    {
        var blobs = await BlobsAsync();
        var downloads = 0;

        await blobs.KeepJobTrainingFileAsync(_runId, DownloadAsync, Cancellation);
        await blobs.KeepJobTrainingFileAsync(_runId, DownloadAsync, Cancellation);

        Assert.Equal(1, downloads);

        async Task<bool> DownloadAsync(Func<Stream, Task> keepAsync)
        {
            downloads++;
            await keepAsync(new MemoryStream("row\n"u8.ToArray()));
            return true;
        }
    }

    [Fact]
    public async Task Samples_are_not_there_until_they_are_whole_and_those_from_before_stay_till_then()
    {
        var blobs = await BlobsAsync();
        using var first = blobs.StageSamples(_runId);
        await first.WriteAsync(new byte[5 << 20], Cancellation);
        await first.WriteAsync("tail"u8.ToArray(), Cancellation);
        Assert.Null(await LengthAsync());

        await first.CommitAsync(Cancellation);
        Assert.Equal((5 << 20) + 4, await LengthAsync());

        using var second = blobs.StageSamples(_runId);
        await second.WriteAsync(new byte[6 << 20], Cancellation);
        Assert.Equal((5 << 20) + 4, await LengthAsync());
        await second.CommitAsync(Cancellation);
        Assert.Equal(6 << 20, await LengthAsync());

        async Task<long?> LengthAsync()
        {
            await using var samples = await blobs.OpenSamplesForReadAsync(_runId, offset: 0, Cancellation);
            return samples?.Length;
        }
    }

    [Fact]
    public async Task Run_without_a_sample_has_an_empty_file()
    {
        var blobs = await BlobsAsync();
        using var staged = blobs.StageSamples(_runId);
        await staged.CommitAsync(Cancellation);

        await using var samples = await blobs.OpenSamplesForReadAsync(_runId, offset: 0, Cancellation);

        Assert.Equal(0, samples!.Length);
    }

    [Theory]
    [InlineData(0, "one\ntwo\n")]
    [InlineData(4, "two\n")]
    [InlineData(8, "")]
    [InlineData(99, "")]
    public async Task Samples_are_read_from_an_offset_on_and_from_none_beyond_their_end(long offset, string expected)
    {
        var blobs = await BlobsAsync();
        using var staged = blobs.StageSamples(_runId);
        await staged.WriteAsync("one\ntwo\n"u8.ToArray(), Cancellation);
        await staged.CommitAsync(Cancellation);

        using var samples = new StreamReader((await blobs.OpenSamplesForReadAsync(_runId, offset, Cancellation))!);

        Assert.Equal(expected, await samples.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Rows_of_a_log_are_there_for_the_next_executor_and_for_readers()
    {
        var blobs = await BlobsAsync();
        await using (var log = await OpenLogAsync(blobs, "one"))
        {
            log.Append(Row(0));
            log.Append(Row(10));
            await log.CompleteAsync();
        }

        await using var next = await OpenLogAsync(blobs, "two");

        Assert.Equal([0, 10], next.Rows.Keys.Select(key => key.Offset));
        Assert.Equal(0, next.Sessions.Crashes);
        Assert.Equal([0, 10], await LoggedAsync(blobs));
    }

    [Fact]
    public async Task Log_that_another_executor_holds_is_busy_until_it_is_given_up()
    {
        var blobs = await BlobsAsync();
        await using (await OpenLogAsync(blobs, "one"))
        {
            await Assert.ThrowsAsync<ShardLogBusyException>(() => OpenLogAsync(blobs, "two"));
        }

        await using var log = await OpenLogAsync(blobs, "two");
        Assert.Empty(log.Rows);
    }

    [Fact]
    public async Task Executor_whose_log_another_has_taken_cannot_write()
    {
        var blobs = await BlobsAsync();
        await using var log = await OpenLogAsync(blobs, "one");
        await BreakLeaseAsync(blobs);
        await using var other = await OpenLogAsync(blobs, "two");

        log.Append(Row(0));

        await Assert.ThrowsAsync<ShardLogBusyException>(log.CompleteAsync);
        Assert.Empty(await LoggedAsync(blobs));
    }

    [Fact]
    public async Task Lease_that_ended_while_nobody_took_the_log_is_taken_again()
    {
        var blobs = await BlobsAsync();
        await using var log = await OpenLogAsync(blobs, "one");
        await BreakLeaseAsync(blobs);

        log.Append(Row(0));
        await log.CompleteAsync();

        Assert.Equal([0], await LoggedAsync(blobs));
    }

    [Fact]
    public async Task Append_lands_where_its_executor_has_read_to_or_nowhere()
    {
        var blobs = await BlobsAsync();
        await using var log = await OpenLogAsync(blobs, "one");
        var blob = blobs.ShardLog(_runId, "candidate", 0)(0);
        var length = (await blob.GetPropertiesAsync(cancellationToken: Cancellation)).Value.ContentLength;
        await BreakLeaseAsync(blobs);
        await blob.AppendBlockAsync(new MemoryStream("\n"u8.ToArray()), cancellationToken: Cancellation);

        log.Append(Row(0));

        await Assert.ThrowsAsync<ShardLogBusyException>(log.CompleteAsync);
        Assert.Equal(length + 1, (await blob.GetPropertiesAsync(cancellationToken: Cancellation)).Value.ContentLength);
    }

    private static EvaluatedSample Row(long offset) =>
        new()
        {
            Id = $"s{offset}",
            Ordinal = (int)offset,
            Line = 1,
            Offset = offset,
            Outcome = Outcome.Scored,
        };

    private RunManifest Manifest(int shards) =>
        new()
        {
            RunId = _runId,
            Dataset = new DatasetVersion("s/d.jsonl", "\"1\"", 100),
            Format = DatasetFormatCatalog.All[0],
            Roles = [new RoleModel("candidate", "m")],
            CodeVersion = "1.0.0",
            Shards = [.. Enumerable.Range(0, shards).Select(number => new ShardRange(number, number * 10, 10))],
        };

    private async Task<RunBlobs> BlobsAsync()
    {
        var blobs = new RunBlobs(Service);
        await blobs.CreateIfMissingAsync(Cancellation);
        return blobs;
    }

    private Task<ShardLog> OpenLogAsync(RunBlobs blobs, string process) =>
        ShardLog.OpenAsync(
            blobs.ShardLog(_runId, "candidate", 0),
            new ShardLogOwner(Shard, process, TimeProvider.System, Cancellation),
            Cancellation
        );

    private async Task<IEnumerable<long>> LoggedAsync(RunBlobs blobs) =>
        (await ShardLogContent.ReadAsync(blobs.ShardLog(_runId, "candidate", 0), Shard, Cancellation)).Rows.Keys.Select(key => key.Offset);

    /// <summary>The lease ends at once, as if its time had passed.</summary>
    private async Task BreakLeaseAsync(RunBlobs blobs) =>
        await blobs.ShardLog(_runId, "candidate", 0)(0).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
}

/// <summary>The blobs in memory that other tests use.</summary>
public sealed class MemoryBlobContractTests : BlobContract, IDisposable
{
    private readonly MemoryStorage _storage = new(TimeProvider.System);

    protected override BlobServiceClient Service => _storage.Blobs;

    public void Dispose() => _storage.Dispose();
}

/// <summary>The blobs of Azurite.</summary>
[Collection<OneAzurite>]
public sealed class AzuriteBlobContractTests(AzuriteStorage azurite) : BlobContract
{
    protected override BlobServiceClient Service => azurite.Blobs;
}
