using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>Expected values are worked out by hand from the probabilities written in each test.</summary>
public sealed class LabelLikelihoodTests
{
    [Fact]
    public void Likelihoods_are_scaled_to_1() => AssertProbabilities([("ham", 0.001), ("spam", 0.003)], ("ham", 0.25), ("spam", 0.75));

    [Fact]
    public void Likelihoods_below_what_a_double_holds_are_scaled_all_the_same()
    {
        var probabilities = LabelLikelihoods.ToProbabilities(
            new Dictionary<string, (string, double)> { ["a"] = ("a", -5000), ["b"] = ("b", -5000 + Math.Log(3)) }
        )!;
        Assert.Equal(0.25, probabilities["a"], 1e-12);
    }

    [Fact]
    public void A_label_that_begins_others_does_not_have_what_they_have() =>
        AssertProbabilities(
            [("card", 0.5), ("card_payment", 0.2), ("card_payment_fee", 0.05), ("other", 0.5)],
            ("card", 0.3),
            ("card_payment", 0.15),
            ("card_payment_fee", 0.05),
            ("other", 0.5)
        );

    [Fact]
    public void A_label_that_is_other_tokens_than_a_longer_one_keeps_what_it_has() =>
        AssertProbabilities([("card", 0.25), ("cards", 0.75)], ("card", 0.25), ("cards", 0.75));

    [Fact]
    public void Nothing_that_is_possible_gives_none() =>
        Assert.Null(LabelLikelihoods.ToProbabilities(new Dictionary<string, (string, double)> { ["a"] = ("a", double.NegativeInfinity) }));

    [Theory]
    [InlineData(ParsingMethod.Label, " \"spam\"", " \"", "spam")]
    [InlineData(ParsingMethod.Label, "\nThe answer is spam", "\n", "spam")]
    [InlineData(ParsingMethod.Label, "", "", "spam")]
    [InlineData(ParsingMethod.Choice, " (A)", " (", "A")]
    [InlineData(ParsingMethod.JsonField, "{\"why\": 1, \"label\": \"spam\"}", "{\"why\": 1, \"label\": \"", "spam")]
    [InlineData(ParsingMethod.JsonField, "spam", null, "spam")]
    public void Labels_stand_where_the_answers_own_does(ParsingMethod method, string answer, string? lead, string written)
    {
        var parser = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["spam", "ham"],
            Parsing = new ParsingSpec { Method = method, Field = method == ParsingMethod.JsonField ? "label" : null },
        }.CreateParser();
        Assert.Equal(lead, parser.FindLabelLead(answer));
        Assert.Equal(written, parser.WriteLabel("spam"));
    }

    private static void AssertProbabilities(
        (string Label, double Likelihood)[] likelihoods,
        params (string Label, double Probability)[] expected
    )
    {
        var actual = LabelLikelihoods.ToProbabilities(
            likelihoods.ToDictionary(label => label.Label, label => (label.Label, Math.Log(label.Likelihood)))
        )!;
        Assert.Equal(expected.Select(label => label.Label), actual.Keys);
        Assert.All(expected, label => Assert.Equal(label.Probability, actual[label.Label], 1e-12));
    }
}
