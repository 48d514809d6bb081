using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class BoundedStreamTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 100).Select(number => (byte)number)];

    [Fact]
    public async Task Body_of_exactly_the_limit_is_read_whole()
    {
        await using var stream = new BoundedStream(new MemoryStream(Bytes), limit: 100);

        Assert.Equal(Bytes, await ReadAsync(stream));
        Assert.Equal((100, false), (stream.Position, stream.IsExceeded));
    }

    [Fact]
    public async Task Body_of_one_byte_more_is_refused_with_the_limit()
    {
        await using var stream = new BoundedStream(new MemoryStream(Bytes), limit: 99);

        var refused = await Assert.ThrowsAsync<TooManyBytesException>(() => ReadAsync(stream));
        Assert.Equal("The body has more than 99 bytes.", refused.Message);
        Assert.True(stream.IsExceeded);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Body_that_is_cut_ends_at_the_limit(int limit)
    {
        await using var stream = new BoundedStream(new MemoryStream(Bytes), limit, cuts: true);

        Assert.Equal(Bytes.Take(limit), await ReadAsync(stream));
        Assert.False(stream.IsExceeded);
    }

    private static async Task<byte[]> ReadAsync(BoundedStream stream)
    {
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, bufferSize: 16, TestContext.Current.CancellationToken);
        return read.ToArray();
    }
}
