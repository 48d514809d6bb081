namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Guesses the encoding of a text that is not UTF-8 from its bytes, so that a message can name the fix.</summary>
internal static class LegacyEncoding
{
    /// <summary>What to do, with the encoding's name as iconv knows it.</summary>
    /// <param name="bytes">A part of the text.</param>
    public static string Advice(ReadOnlySpan<byte> bytes)
    {
        var name = Guess(bytes);
        return $" It looks like {name}. Save the file as UTF-8, for example with `iconv -f {name} -t UTF-8`.";
    }

    /// <summary>
    /// The likeliest encoding. Single letters among ASCII suggest a western one; otherwise the most frequent bytes of each language decide.
    /// </summary>
    private static string Guess(ReadOnlySpan<byte> bytes)
    {
        var (high, upper, runs, singles) = (0, 0, 0, 0);
        var (pairs, shiftJisKana, eucKana, hangul, shortTrails, broken) = (0, 0, 0, 0, 0, 0);
        for (var i = 0; i < bytes.Length; )
        {
            if (bytes[i] < 0x80)
            {
                i++;
                continue;
            }

            var start = i;
            while (i < bytes.Length && bytes[i] >= 0x80)
            {
                var (lead, trail) = (bytes[i], i + 1 < bytes.Length ? bytes[i + 1] : (byte)0);
                pairs++;
                shiftJisKana += lead is 0x82 or 0x83 ? 1 : 0;
                eucKana += lead is 0xA4 or 0xA5 && trail >= 0xA1 ? 1 : 0;
                hangul += lead is >= 0xB0 and <= 0xC8 && trail >= 0xA1 ? 1 : 0;
                shortTrails += trail is >= 0x40 and < 0x7F ? 1 : 0;
                broken += trail < 0x40 ? 1 : 0;
                high += trail >= 0x80 ? 2 : 1;
                upper += (lead >= 0xE0 ? 1 : 0) + (trail >= 0xE0 ? 1 : 0);
                i += trail >= 0x40 ? 2 : 1;
            }

            runs++;
            singles += start + 1 >= bytes.Length || bytes[start + 1] < 0x80 ? 1 : 0;
        }

        return singles * 2 > runs && shiftJisKana * 4 < pairs ? "WINDOWS-1252"
            : upper * 2 > high ? "WINDOWS-1251"
            : shiftJisKana * 4 >= pairs ? "SHIFT_JIS"
            : eucKana * 4 >= pairs ? "EUC-JP"
            : broken * 5 > pairs ? "WINDOWS-1252"
            : shortTrails * 5 > pairs ? "BIG5"
            : hangul * 10 >= pairs * 9 ? "EUC-KR"
            : "GB18030";
    }
}
