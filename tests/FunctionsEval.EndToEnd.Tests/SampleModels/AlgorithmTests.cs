using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

public sealed class AlgorithmTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Don't panic: it's 3.5 km — naïve 🌊 text.\r\n\r\nEnd ")]
    public void Tokens_concatenate_to_the_text(string text) => Assert.Equal(text, string.Concat(TextTokenizer.Tokenize(text)));

    [Fact]
    public void Tokens_are_words_and_single_marks_with_the_space_before_them() =>
        Assert.Equal(["It", " isn't", " half-done", ",", " no", "!", " "], TextTokenizer.Tokenize("It isn't half-done, no! "));

    /// <summary>
    /// Oracle: the formula worked by hand. Features with pseudo-count 0.2: a(1) in x; b(1), “b b”(1), b(1) in y:
    /// three distinct features. For the text “a”: x: 1/2·1.2/1.6, y: 1/2·0.2/3.6.
    /// </summary>
    [Fact]
    public void Naive_Bayes_posterior_follows_the_formula()
    {
        var classifier = NaiveBayesClassifier.Train([new("a", "x"), new("b b", "y")]);
        var x = 1.2 / 1.6;
        var y = 0.2 / 3.6;
        Assert.Equal(x / (x + y), Math.Exp(classifier.LogPosteriors("a unseen")[0]), 1e-12);
    }

    [Fact]
    public void Naive_Bayes_without_known_words_answers_the_prior()
    {
        var classifier = NaiveBayesClassifier.Train([new("a", "x"), new("b", "y"), new("c", "y")]);
        Assert.Equal([1.0 / 3, 2.0 / 3], classifier.LogPosteriors("zzz").Select(Math.Exp), (left, right) => Math.Abs(left - right) < 1e-12);
    }

    [Fact]
    public void Lead_takes_the_first_sentences() =>
        Assert.Equal("One is here. Two came!", new LeadSummariser().Summarise("One is here. Two came! Three left.", 2));

    [Fact]
    public void TextRank_prefers_the_sentence_that_shares_words_with_the_others()
    {
        const string Article =
            "Rain fell all night. The harbour ferry carries apples, pears and cheese. "
            + "Apples and pears travel cold. Cheese leaves the harbour weekly.";
        Assert.Equal("The harbour ferry carries apples, pears and cheese.", new TextRankSummariser(leadBias: 0).Summarise(Article, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TextRank_ranks_sum_to_one_even_with_a_sentence_that_shares_nothing(double leadBias)
    {
        var ranks = new TextRankSummariser(leadBias).Rank(["Green apples taste sour.", "Sour green pears.", "Nothing alike here."]);
        Assert.Equal(1, ranks.Sum(), 1e-9);
    }

    [Fact]
    public void Article_is_the_longest_paragraph() =>
        Assert.Equal(
            "A long first line and a second.",
            SummaryModel.Article("Summarise:\r\n\r\nA long first line\r\nand a second.\r\n\r\nThanks.")
        );

    [Fact]
    public void Sampling_at_temperature_zero_takes_the_likeliest() =>
        Assert.Equal(1, TokenSampler.Choose([0.2, 0.5, 0.3], temperature: 0, new Random(1)));

    /// <summary>Oracle: 10,000 draws from (0.2, 0.8) have a standard deviation of 40.</summary>
    [Fact]
    public void Sampling_at_temperature_one_follows_the_distribution()
    {
        var random = new Random(1);
        var ones = Enumerable.Range(0, 10_000).Count(_ => TokenSampler.Choose([0.2, 0.8], temperature: 1, random) == 1);
        Assert.InRange(ones, 8000 - 200, 8000 + 200);
    }

    /// <summary>Oracle: 3 shared words, 4 expected, 5 found: 2·3/(4+5).</summary>
    [Fact]
    public void Word_overlap_counts_each_word_as_often_as_it_is_expected() =>
        Assert.Equal(6.0 / 9, WordOverlap.F1("the cat the mat", "The cat, the hat the"), 1e-12);
}
