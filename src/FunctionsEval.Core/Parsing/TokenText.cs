using System.Text;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// The text of tokens, which may begin or end in the middle of a character. A byte that is no whole character stands as one of the lone
/// surrogates U+DC80 to U+DCFF (PEP 383), so that two such texts joined give the character.
/// </summary>
public static class TokenText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int EscapeBase = 0xDC00;

    /// <summary>The text of UTF-8 bytes, whole or not.</summary>
    /// <param name="bytes">The bytes.</param>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(EscapeBase + bytes[0]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>Two texts in a row; bytes that make a character together become it.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    internal static string Join(string first, string second) =>
        EscapesAtEnd(first) > 0 ? FromBytes(ToBytes(first + second)) : first + second;

    /// <summary>Texts in a row; bytes that make a character together become it.</summary>
    /// <param name="texts">The texts.</param>
    internal static string Concat(IEnumerable<string> texts) => FromBytes([.. texts.SelectMany(ToBytes)]);

    /// <summary>
    /// The tokens that a text at the end of what was written consists of: those before it are reasoning, one after it ends the answer.
    /// </summary>
    /// <param name="tokens">The UTF-8 bytes of each token.</param>
    /// <param name="text">The text, without white space at its ends.</param>
    /// <returns>Index of the first one, and how many; null when the text is not that of the tokens.</returns>
    public static (int First, int Count)? FindAtEnd(IReadOnlyList<byte[]> tokens, string text)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return null;
        }

        var wanted = Encoding.UTF8.GetBytes(text);
        byte[] written = [.. tokens.SelectMany(token => token)];
        var beforeEnd = written.AsSpan(0, written.Length - (tokens.Count > 0 ? tokens[^1].Length : 0));
        var start = LastIndexAtEnd(written, wanted) ?? LastIndexAtEnd(beforeEnd, wanted) ?? written.AsSpan().LastIndexOf(wanted);
        if (start < 0)
        {
            return null;
        }

        int first = 0,
            at = 0;
        while (at + tokens[first].Length <= start)
        {
            at += tokens[first++].Length;
        }

        var count = 0;
        for (; at < start + wanted.Length; count++)
        {
            at += tokens[first + count].Length;
        }

        return (first, count);
    }

    private static int? LastIndexAtEnd(ReadOnlySpan<byte> written, ReadOnlySpan<byte> wanted)
    {
        var trimmed = written.TrimEnd(" \n\r\t"u8);
        return trimmed.EndsWith(wanted) ? trimmed.Length - wanted.Length : null;
    }

    /// <summary>How many bytes of a character that is not whole end the text.</summary>
    /// <param name="text">The text.</param>
    internal static int EscapesAtEnd(string text)
    {
        var count = 0;
        while (count < text.Length && IsEscape(text, text.Length - 1 - count))
        {
            count++;
        }

        return count;
    }

    /// <summary>The UTF-8 bytes of a text.</summary>
    /// <param name="text">The text.</param>
    public static byte[] ToBytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsEscape(text, i))
            {
                bytes.Add((byte)(text[i] - EscapeBase));
                continue;
            }

            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
            i += length - 1;
        }

        return [.. bytes];
    }

    private static bool IsEscape(string text, int index) =>
        text[index] is >= FirstEscape and <= LastEscape && (index == 0 || !char.IsHighSurrogate(text[index - 1]));
}
