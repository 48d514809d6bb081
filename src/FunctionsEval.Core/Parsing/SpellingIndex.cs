namespace FunctionsEval.Core.Parsing;

/// <summary>
/// The spellings that stand at a place of a text, whatever their letter case, without trying each of them: they are sorted, and each
/// character of the text narrows the ones that are left.
/// </summary>
internal sealed class SpellingIndex
{
    private readonly (string Folded, KeyValuePair<string, string> Spelling)[] _sorted;

    /// <summary>Sorts the spellings.</summary>
    /// <param name="spellings">Spelling → label; an empty spelling stands nowhere.</param>
    public SpellingIndex(IEnumerable<KeyValuePair<string, string>> spellings) =>
        _sorted = [
            .. spellings
                .Where(spelling => spelling.Key.Length > 0)
                .Select(spelling => (Folded: string.Concat(spelling.Key.Select(Fold)), spelling))
                .OrderBy(entry => entry.Folded, StringComparer.Ordinal)
                .ThenBy(entry => entry.spelling.Key, StringComparer.Ordinal),
        ];

    /// <summary>The spellings that stand at a place, the longest first, and those of one length in ordinal order.</summary>
    public IEnumerable<KeyValuePair<string, string>> At(string text, int start)
    {
        Stack<Range>? ends = null;
        var (from, to) = (0, _sorted.Length);
        for (var length = 1; start + length <= text.Length; length++)
        {
            var character = Fold(text[start + length - 1]);
            (from, to) = (First(from, to, length, character), First(from, to, length, character + 1));
            if (from == to)
            {
                break;
            }

            // Of spellings that begin alike the shorter comes first.
            var longer = First(from, to, length + 1, character: 0);
            if (longer > from)
            {
                (ends ??= []).Push(from..longer);
                from = longer;
            }
        }

        return ends is null
            ? []
            : ends.SelectMany(end => _sorted[end])
                .Select(entry => entry.Spelling)
                .Where(spelling =>
                    string.Compare(text, start, spelling.Key, 0, spelling.Key.Length, StringComparison.OrdinalIgnoreCase) == 0
                );
    }

    /// <summary>
    /// The first spelling of a range that is so long and has this character, or a later one, at its end; the range's end when none has.
    /// </summary>
    private int First(int from, int to, int length, int character)
    {
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            var folded = _sorted[middle].Folded;
            if (folded.Length >= length && folded[length - 1] >= character)
            {
                to = middle;
            }
            else
            {
                from = middle + 1;
            }
        }

        return from;
    }

    /// <summary>One character for both cases of a letter; halves of surrogate pairs are told apart by the comparison.</summary>
    private static char Fold(char character) => char.IsSurrogate(character) ? '\ud800' : char.ToUpperInvariant(character);
}
