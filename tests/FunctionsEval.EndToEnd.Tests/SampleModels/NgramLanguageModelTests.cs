using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>Oracle: the axioms of probability, checked by summing over everything that can follow.</summary>
public sealed class NgramLanguageModelTests
{
    private static readonly string[] Texts =
    [
        "the cat sat",
        "the cat ran",
        "a dog sat",
        "the dog ran",
        "a cat sat",
        "the cat sat down",
        "a bird sang",
        "the dog sat",
        "a dog ran",
        "the bird sat",
        "the cat sang",
        "a cat ran",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Probabilities_of_known_tokens_unknown_and_end_sum_to_one(int order)
    {
        var model = NgramLanguageModel.Train(Texts, order);
        foreach (var history in Histories(model))
        {
            Assert.Equal(1, Enumerable.Range(0, model.Events).Sum(id => model.Probability(history, id)), 1e-12);
            Assert.All(model.Distribution(history), (probability, id) => Assert.Equal(model.Probability(history, id), probability, 1e-12));
        }
    }

    [Fact]
    public void Every_event_is_possible_after_every_history()
    {
        var model = NgramLanguageModel.Train(Texts, order: 3);
        Assert.All(Histories(model), history => Assert.All(model.Distribution(history), probability => Assert.True(probability > 0)));
    }

    [Fact]
    public void Unknown_spellings_share_no_more_than_the_unknown_probability()
    {
        var model = NgramLanguageModel.Train(Texts, order: 3);
        var history = NgramLanguageModel.History.Start;
        var unknown =
            from first in "abcdefghijklmnopqrstuvwxyz"
            from second in "abcdefghijklmnopqrstuvwxyz"
            let token = $"{first}{second}"
            where model.IdOf(token) == NgramLanguageModel.Unknown
            select Math.Exp(model.LogProbability(history, token));
        Assert.InRange(unknown.Sum(), 0, model.Probability(history, NgramLanguageModel.Unknown));
    }

    [Fact]
    public void Token_seen_once_is_unknown()
    {
        var model = NgramLanguageModel.Train(Texts, order: 2);
        Assert.Equal(NgramLanguageModel.Unknown, model.IdOf(" down"));
        Assert.NotEqual(NgramLanguageModel.Unknown, model.IdOf(" cat"));
    }

    [Fact]
    public void Train_with_too_few_rows_throws() => Assert.Throws<ArgumentException>(() => NgramLanguageModel.Train(Texts[..9], order: 3));

    [Theory]
    [InlineData(CharacterModel.Boundary)]
    [InlineData('c')]
    [InlineData('Z')]
    public void Symbols_after_a_symbol_have_probabilities_that_sum_to_one(int previous)
    {
        var model = CharacterModel.Train([" cat", " dog", "the"]);
        var scalars = Enumerable.Range(0, 0x110000).Where(value => value is < 0xD800 or > 0xDFFF);
        Assert.Equal(1, scalars.Append(CharacterModel.Boundary).Sum(symbol => model.Probability(previous, symbol)), 1e-9);
    }

    private static IEnumerable<NgramLanguageModel.History> Histories(NgramLanguageModel model)
    {
        yield return NgramLanguageModel.History.Start;
        for (var first = 0; first < model.Events; first++)
        {
            yield return NgramLanguageModel.History.Start.Then(first);
            for (var second = 0; second < model.Events; second++)
            {
                yield return NgramLanguageModel.History.Start.Then(first).Then(second);
            }
        }
    }
}
