using FunctionsEval.Core.Metrics.Rouge;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class StemmerTests
{
    /// <summary>Whether a y is a consonant depends on the y before it, and so on to the beginning of the word.</summary>
    [Fact]
    public void A_word_of_a_million_y_has_a_stem() => Assert.Equal(1_000_000, PorterStemmer.Stem(new string('y', 1_000_000) + "s").Length);
}
