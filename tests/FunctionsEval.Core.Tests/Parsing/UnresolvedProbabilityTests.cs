using CsCheck;
using FunctionsEval.Core.Parsing;
using static FunctionsEval.Core.Tests.Parsing.LabelReadings;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// Probability that no top log probability leads to one label with: who gets it, and how much is unresolved. Expected values are worked
/// out by hand from the probabilities written in each test.
/// </summary>
public sealed class UnresolvedProbabilityTests
{
    [Fact]
    public void No_alternative_that_leads_to_a_label_gives_none() =>
        Assert.Null(Read(new ParsingSpec(), ["spam", "ham"], Token("I", 0.9, ("The", 0.1))));

    [Fact]
    public void No_text_gives_none() => Assert.Null(Read(new ParsingSpec(), ["spam", "ham"]));

    [Fact]
    public void Alternative_that_leads_to_several_labels_is_shared_among_them()
    {
        var reading = ReadAll(
            new ParsingSpec(),
            ["card_arrival", "card_linking", "refund"],
            Token("refund", 0.6, ("card", 0.3), ("I", 0.1))
        )!;
        AssertProbabilities(reading.Probabilities, ("card_arrival", 1 / 6.0), ("card_linking", 1 / 6.0), ("refund", 2 / 3.0));
        Assert.Equal(1 / 3.0, reading.Unresolved, 1e-12);
    }

    [Fact]
    public void What_no_alternative_accounts_for_is_shared_among_the_labels_that_none_leads_to()
    {
        var reading = ReadAll(new ParsingSpec(), ["spam", "ham", "eggs", "toast"], Token("spam", 0.7, ("ham", 0.2)))!;
        AssertProbabilities(reading.Probabilities, ("eggs", 0.05), ("ham", 0.2), ("spam", 0.7), ("toast", 0.05));
        Assert.Equal(0.1, reading.Unresolved, 1e-12);
    }

    [Fact]
    public void What_no_alternative_accounts_for_after_some_tokens_counts_on_the_condition_of_those_and_goes_to_labels_that_begin_with_them()
    {
        var reading = ReadAll(
            new ParsingSpec(),
            ["card_arrival", "card_linking", "card_lost", "refund"],
            Token("card", 0.8, ("refund", 0.2)),
            Token("_arrival", 0.9, ("_linking", 0.05))
        )!;
        AssertProbabilities(reading.Probabilities, ("card_arrival", 0.72), ("card_linking", 0.04), ("card_lost", 0.04), ("refund", 0.2));
        Assert.Equal(0.04, reading.Unresolved, 1e-12);
    }

    [Fact]
    public void A_label_that_none_leads_to_has_no_more_than_the_least_likely_alternative() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["spam", "ham", "eggs"], Token("spam", 0.5, ("ham", 0.125), ("I", 0.0625))),
            ("eggs", 1 / 11.0),
            ("ham", 2 / 11.0),
            ("spam", 8 / 11.0)
        );

    [Fact]
    public void With_every_label_seen_what_is_unaccounted_for_is_of_no_label() =>
        Assert.Equal(0, ReadAll(new ParsingSpec(), ["spam", "ham"], Token("spam", 0.6, ("ham", 0.2)))!.Unresolved);

    [Fact]
    public void Without_any_label_seen_all_are_equally_likely_and_all_of_it_is_unresolved()
    {
        var reading = ReadAll(new ParsingSpec(), ["spam", "ham"], Token("The", 0.9, ("I", 0.05)))!;
        AssertProbabilities(reading.Probabilities, ("ham", 0.5), ("spam", 0.5));
        Assert.Equal(1, reading.Unresolved);
    }

    [Fact]
    public void Token_of_which_the_endpoint_says_no_probability_leads_nowhere() =>
        AssertProbabilities(
            ReadLogarithms(
                ["spam", "ham", "eggs"],
                new AnswerToken("spam", -9999, [new("spam", -9999), new("ham", Math.Log(0.5)), new("eggs", -9999)])
            ),
            ("eggs", 0.25),
            ("ham", 0.5),
            ("spam", 0.25)
        );

    [Fact]
    public void Answer_that_was_cut_inside_its_label_leads_to_all_that_begin_so() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["refund_full", "refund_part", "other"], Token("refund", 0.5, ("other", 0.5))),
            ("other", 0.5),
            ("refund_full", 0.25),
            ("refund_part", 0.25)
        );

    /// <summary>Answers and top log probabilities in pieces of any bytes, with probabilities of any kind.</summary>
    [Fact]
    public void Any_tokens_give_probabilities_that_add_up_to_1_or_none()
    {
        string[] labels = ["card", "card_payment", "“card”", "中文", "中", "é"];
        var text = Gen.Select(
            Gen.OneOf("", " ", "\"", "“", "{\"“中\": 1, \"label\": \"", "label="),
            Gen.OneOf(labels),
            Gen.OneOf("", "\"}", "\n", "</s>", "”"),
            (lead, label, end) => lead + label + end
        );
        var tops = Gen.Select(text, Gen.Int[0, 6], Gen.Int[0, 6], Gen.OneOf(Gen.Double[-20, 0], Gen.Const(-9999.0))).Array[0, 5];
        var methods = Gen.OneOf(ParsingMethod.Label, ParsingMethod.Choice, ParsingMethod.JsonField, ParsingMethod.Regex);
        Gen.Select(
                methods,
                Gen.Bool,
                text,
                Gen.Int[1, 4],
                Gen.Select(Gen.OneOf(Gen.Double[-3, 0], Gen.Const(double.NegativeInfinity)), tops).Array[40]
            )
            .Sample(
                (method, ignoreCase, answer, size, given) =>
                {
                    var parsing = new ParsingSpec
                    {
                        Method = method,
                        IgnoreCase = ignoreCase,
                        Field = method == ParsingMethod.JsonField ? "label" : null,
                        Pattern = method == ParsingMethod.Regex ? "label=([^\n<]*)" : null,
                    };
                    var tokens = System
                        .Text.Encoding.UTF8.GetBytes(answer)
                        .Chunk(size)
                        .Zip(
                            given,
                            (piece, other) =>
                                new AnswerToken(
                                    TokenText.FromBytes(piece),
                                    other.Item1,
                                    [
                                        .. other.Item2.Select(one => new TopLogProbability(
                                            TokenText.FromBytes(
                                                System.Text.Encoding.UTF8.GetBytes(one.Item1).Skip(one.Item2).Take(one.Item3).ToArray()
                                            ),
                                            one.Item4
                                        )),
                                    ]
                                )
                        );
                    if (ReadAll(parsing, labels, [.. tokens]) is { } reading)
                    {
                        Assert.Equal(1, reading.Probabilities.Values.Sum(), 1e-9);
                        Assert.All(reading.Probabilities.Keys, label => Assert.Contains(label, labels));
                        Assert.InRange(reading.Unresolved, 0, 1);
                    }
                }
            );
    }
}
