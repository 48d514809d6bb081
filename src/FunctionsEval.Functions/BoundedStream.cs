using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions;

/// <summary>More was sent than is taken.</summary>
internal sealed class TooManyBytesException(long limit) : IOException($"The body has more than {limit} bytes.");

/// <summary>Reads another stream, up to a bound.</summary>
/// <param name="inner">The other stream.</param>
/// <param name="limit">Most bytes.</param>
/// <param name="cuts">Whether what is more is left out; else reading it throws <see cref="TooManyBytesException"/>.</param>
internal sealed class BoundedStream(Stream inner, long limit, bool cuts = false) : ForwardStream
{
    private long _read;

    protected override long BytesRead => _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(cuts ? buffer[..(int)Math.Min(buffer.Length, limit - _read)] : buffer, cancellationToken);
        _read += read;
        return _read <= limit ? read : throw new TooManyBytesException(limit);
    }
}
