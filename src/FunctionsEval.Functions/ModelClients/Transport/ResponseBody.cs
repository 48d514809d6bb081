using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>Reads bodies as JSON, as far as they were asked for and as servers write them.</summary>
internal static class ResponseBody
{
    /// <summary>Maximum number of bytes that are read of any body.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Maximum number of bytes that are read of a refusal, and the bytes that every answer may have besides the requested content.
    /// </summary>
    public const int BaseBytes = 64 * 1024;

    private static readonly byte[][] NonFinite = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <summary>Maximum number of bytes that are read of an answer: a generous bound for the requested content.</summary>
    public static int MaxBytesFor(ModelOptions model, ModelRequest request) =>
        (int)Math.Min(MaxBytes, BaseBytes + model.Api.MaxAnswerBytes(request));

    /// <summary>Reads a whole body.</summary>
    /// <param name="response">The response.</param>
    /// <param name="maxBytes">Maximum number of bytes that are read.</param>
    /// <param name="budget">Bounds all bodies together; null for a short one.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="BodyTooLargeException">It is longer than allowed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<Memory<byte>> ReadAsync(
        PipelineResponse response,
        int maxBytes,
        BodyBudget? budget,
        CancellationToken cancellationToken
    )
    {
        CheckLength(response, maxBytes);
        await using var body = new BodyStream(response.ContentStream ?? Stream.Null, maxBytes, budget);
        return await ReadAsync(body, cancellationToken);
    }

    /// <summary>Reads the rest of a body.</summary>
    /// <inheritdoc cref="ReadAsync(PipelineResponse, int, BodyBudget?, CancellationToken)"/>
    public static async Task<Memory<byte>> ReadAsync(BodyStream body, CancellationToken cancellationToken)
    {
        // Grows with the bytes that arrive, because the announced length is only a claim.
        using var buffer = new MemoryStream();
        await body.CopyToAsync(buffer, cancellationToken);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <summary>Refuses a body that announces more than is read.</summary>
    /// <exception cref="BodyTooLargeException">It is longer than allowed.</exception>
    public static void CheckLength(PipelineResponse response, int maxBytes)
    {
        if (
            response.Headers.TryGetValue("Content-Length", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length > maxBytes
        )
        {
            throw new BodyTooLargeException();
        }
    }

    /// <summary>
    /// Parses JSON with NaN, Infinity and -Infinity in it, which Python's servers write: they become texts, so that they are no numbers.
    /// </summary>
    /// <param name="json">The text. The document refers to it, and it may be changed.</param>
    /// <exception cref="JsonException">It is still not JSON.</exception>
    public static JsonDocument Parse(Memory<byte> json)
    {
        if (json.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));
        }

        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException) when (ReplaceNonFinite(json.Span))
        {
            return JsonDocument.Parse(json);
        }
    }

    private static bool ReplaceNonFinite(Span<byte> json)
    {
        bool any = false,
            inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                inString = !inString;
            }
            else if (inString)
            {
                if (json[i] == '\\')
                {
                    i++;
                }
            }
            else if (NonFiniteLength(json[i..]) is > 0 and var length)
            {
                json.Slice(i, length).Fill((byte)' ');
                json[i] = json[i + 1] = (byte)'"';
                i += length - 1;
                any = true;
            }
        }
        return any;
    }

    private static int NonFiniteLength(ReadOnlySpan<byte> json)
    {
        foreach (var word in NonFinite)
        {
            if (json.StartsWith(word))
            {
                return word.Length;
            }
        }
        return 0;
    }
}

/// <summary>A body is longer than the maximum.</summary>
internal sealed class BodyTooLargeException() : IOException("The response's body is too large.");
