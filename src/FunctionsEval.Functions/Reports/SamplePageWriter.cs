using System.Text;
using System.Text.Json;

namespace FunctionsEval.Functions.Reports;

/// <summary>A page of samples, written as they are read: one sample is held at a time.</summary>
/// <param name="runId">The run.</param>
/// <param name="filter">Which samples to find.</param>
/// <param name="size">Maximum number of samples of the page.</param>
internal sealed class SamplePageWriter(string runId, SampleFilter filter, int size)
{
    /// <summary>Maximum number of bytes of a page's samples. A larger sample is its own page.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>
    /// Maximum number of samples that are read for one page, so that a filter with few matches does not keep the caller waiting.
    /// </summary>
    private const int MaxLookedAt = 200_000;

    private const int FlushBytes = 1 << 16;

    /// <summary>Writes the object of the page, with the offset of the next one unless there is none.</summary>
    /// <param name="lines">The samples, the enumerator before the first of them.</param>
    /// <param name="offset">Byte offset of the first.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(IAsyncEnumerable<SampleLine> lines, long offset, Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("runId", runId);
        writer.WriteStartArray("samples");
        var (count, looked, written, position) = (0, 0, 0L, offset);
        long? next = null;
        await foreach (var (line, sample) in lines.WithCancellation(cancellationToken))
        {
            var bytes = Encoding.UTF8.GetByteCount(line);
            var matches = filter.Matches(sample);
            if (count == size || looked++ == MaxLookedAt || (matches && count > 0 && written + bytes > MaxBytes))
            {
                next = position;
                break;
            }

            position += bytes + 1;
            if (!matches)
            {
                continue;
            }

            writer.WriteRawValue(line, skipInputValidation: true);
            (count, written) = (count + 1, written + bytes);
            if (writer.BytesPending > FlushBytes)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }

        writer.WriteEndArray();
        if (next is { } following)
        {
            writer.WriteNumber("next", following);
        }

        writer.WriteEndObject();
    }
}
