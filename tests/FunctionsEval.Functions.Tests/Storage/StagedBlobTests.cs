using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

public sealed class StagedBlobTests : IDisposable
{
    private readonly MemoryStorage _storage = new(new FakeTimeProvider());

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Samples_are_not_there_until_they_are_whole_and_those_from_before_stay_till_then()
    {
        var blobs = new RunBlobs(_storage.Blobs);
        using var first = blobs.StageSamples("ev-1");
        await first.WriteAsync(new byte[5 << 20], TestContext.Current.CancellationToken);
        await first.WriteAsync("tail"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Null(await LengthAsync());

        await first.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((5 << 20) + 4, await LengthAsync());

        using var second = blobs.StageSamples("ev-1");
        await second.WriteAsync(new byte[6 << 20], TestContext.Current.CancellationToken);
        Assert.Equal((5 << 20) + 4, await LengthAsync());
        await second.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(6 << 20, await LengthAsync());

        async Task<long?> LengthAsync()
        {
            await using var samples = await blobs.OpenSamplesForReadAsync("ev-1", offset: 0, TestContext.Current.CancellationToken);
            return samples?.Length;
        }
    }

    [Fact]
    public async Task Run_without_a_sample_has_an_empty_file()
    {
        var blobs = new RunBlobs(_storage.Blobs);
        using var staged = blobs.StageSamples("ev-1");
        await staged.CommitAsync(TestContext.Current.CancellationToken);
        await using var samples = await blobs.OpenSamplesForReadAsync("ev-1", offset: 0, TestContext.Current.CancellationToken);
        Assert.Equal(0, samples!.Length);
    }
}
