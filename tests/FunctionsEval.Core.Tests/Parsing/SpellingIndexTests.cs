using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Tests.Fuzzing;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class SpellingIndexTests
{
    /// <summary>The oracle tries every spelling, the longest first, as <see cref="StringComparison.OrdinalIgnoreCase"/> compares.</summary>
    [Fact]
    public void Spellings_at_a_place_are_those_that_comparing_each_finds() =>
        Fuzz.Run(
            3_000,
            1 << 20,
            random =>
            {
                var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
                for (var count = random.Next(12); count > 0; count--)
                {
                    spellings.TryAdd(Text(random, 5), "label");
                }

                var text = Text(random, 20);
                var start = random.Next(text.Length + 1);

                var expected = spellings
                    .Keys.Where(spelling =>
                        spelling.Length > 0
                        && start + spelling.Length <= text.Length
                        && string.Compare(text, start, spelling, 0, spelling.Length, StringComparison.OrdinalIgnoreCase) == 0
                    )
                    .OrderByDescending(spelling => spelling.Length)
                    .ThenBy(spelling => spelling, StringComparer.Ordinal);
                Assert.Equal(expected, new SpellingIndex(spellings).At(text, start).Select(spelling => spelling.Key));
            }
        );

    [Fact]
    public void Text_at_the_end_of_the_character_set_ends_no_search()
    {
        var index = new SpellingIndex(new Dictionary<string, string> { ["a\uffff"] = "x", ["\uffff"] = "y" });

        Assert.Equal(["\uffff"], index.At("\uffffa", 0).Select(spelling => spelling.Key));
    }

    private static string Text(Random random, int longest)
    {
        string[] characters =
        [
            "a",
            "A",
            "b",
            "B",
            "ß",
            "ẞ",
            "ı",
            "İ",
            "i",
            "I",
            "K",
            "k",
            "ſ",
            "s",
            "S",
            "𐐀",
            "𐐨",
            "\ud801",
            "é",
            "É",
            " ",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(longest + 1)).Select(_ => characters[random.Next(characters.Length)]));
    }
}
