using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace FunctionsEval.Core.Training;

/// <summary>
/// A text's words as hashes: runs of letters and digits, in lower case; of scripts that put no spaces between words, each character. A
/// text without any is one word, itself.
/// </summary>
internal static class WordHashes
{
    public static ulong[] From(string text)
    {
        var words = new List<ulong>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (HasNoSpaces(rune))
            {
                End();
                word.Append(rune.ToString());
                End();
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else
            {
                End();
            }
        }

        End();
        return words.Count > 0 ? [.. words] : [Hash(text.Trim())];

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(Hash(word.ToString()));
                word.Clear();
            }
        }
    }

    private static ulong Hash(string word) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(word.AsSpan()));

    /// <summary>Kana, CJK ideographs with their compatibility block and extensions, Thai.</summary>
    private static bool HasNoSpaces(Rune rune) =>
        rune.Value
            is (>= 0x3040 and <= 0x30FF)
                or (>= 0x3400 and <= 0x9FFF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x20000 and <= 0x3FFFF)
                or (>= 0x0E00 and <= 0x0E7F);
}
