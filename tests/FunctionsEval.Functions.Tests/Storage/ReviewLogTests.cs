using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

[Collection<OneAzurite>]
public sealed class ReviewLogTests(AzuriteStorage azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_reviewers_at_once_lose_nothing()
    {
        var log = await OpenAsync();
        await Task.WhenAll(
            new[] { "Ann", "Bob" }.Select(async reviewer =>
            {
                var own = new ReviewLog(azurite.Blobs);
                for (var sample = 0; sample < 20; sample++)
                {
                    Assert.True(await own.TryAppendAsync("reviewed", Said(reviewer, $"{sample}"), Cancellation));
                }
            })
        );

        var read = await log.ReadAsync("reviewed", Cancellation);

        Assert.All(
            new[] { "Ann", "Bob" },
            reviewer =>
                Assert.Equal(
                    Enumerable.Range(0, 20).Select(sample => $"{sample}"),
                    read.Where(review => review.Reviewer == reviewer).Select(review => review.Sample)
                )
        );
    }

    [Fact]
    public async Task Run_that_nobody_graded_has_no_reviews()
    {
        var log = await OpenAsync();

        Assert.Empty(await log.ReadAsync("not-reviewed", Cancellation));
    }

    [Fact]
    public async Task Log_that_is_full_refuses_another_line_and_keeps_what_it_has()
    {
        var log = await OpenAsync();
        Assert.True(await log.TryAppendAsync("full", Said("Ann", "1"), Cancellation));
        var blob = azurite.Blobs.GetBlobContainerClient(StorageNames.Runs).GetAppendBlobClient(StorageNames.Reviews("full"));
        var filling = new byte[ReviewLog.MaxBytes / 4 - 100];
        Array.Fill(filling, (byte)'\n');
        for (var block = 0; block < 4; block++)
        {
            await blob.AppendBlockAsync(new MemoryStream(filling), cancellationToken: Cancellation);
        }

        Assert.False(await log.TryAppendAsync("full", Said("Ann", new string('2', 400)), Cancellation));
        Assert.True((await blob.GetPropertiesAsync(cancellationToken: Cancellation)).Value.ContentLength <= ReviewLog.MaxBytes);
    }

    private async Task<ReviewLog> OpenAsync()
    {
        await new RunBlobs(azurite.Blobs).CreateIfMissingAsync(Cancellation);
        return new ReviewLog(azurite.Blobs);
    }

    private static Review Said(string reviewer, string sample) =>
        new()
        {
            Time = DateTimeOffset.UnixEpoch,
            Reviewer = reviewer,
            Sample = sample,
            Grade = ReviewGrade.Tie,
        };
}
