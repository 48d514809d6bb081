using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Oracle: CPython 3.11.</summary>
public sealed class PythonTextTests
{
    [Theory]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευς")]
    [InlineData("ΣΑΣ ΑΣ.", "σας ας.")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("Α\u0301Σ", "α\u0301ς")]
    [InlineData("ẞ Ǆ \U00010400 \u212A", "ß ǆ \U00010428 k")]
    public void Lower_equals_python(string text, string expected) => Assert.Equal(expected, PythonText.Lower(text));

    [Theory]
    [InlineData("", 1)]
    [InlineData("a b", 2)]
    [InlineData(" a\u2003\u00a0b\n", 4)]
    public void CountSplitParts_counts_an_empty_part_at_each_end(string text, int expected) =>
        Assert.Equal(expected, PythonText.CountSplitParts(text));

    [Fact]
    public void Split_takes_information_separators_but_not_zero_width_space_for_white_space() =>
        Assert.Equal(["a", "b\u200bc", "d"], PythonText.Split("\u001fa\u0085b\u200bc\u3000d "));

    [Fact]
    public void CodePoints_of_an_astral_character_is_one() => Assert.Equal([0x1F600, 'a'], PythonText.CodePoints("😀a"));

    [Theory]
    [InlineData("the cat", "  cat")]
    [InlineData("athe an_a a-b", "athe an_a  -b")]
    [InlineData("a\u0301 aé", " \u0301 aé")]
    public void Articles_are_removed_at_word_boundaries_of_python(string text, string expected) =>
        Assert.Equal(expected, Articles.Remove(text));
}
