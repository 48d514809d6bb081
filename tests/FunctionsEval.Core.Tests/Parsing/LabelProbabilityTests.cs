using FunctionsEval.Core.Parsing;
using static FunctionsEval.Core.Tests.Parsing.LabelReadings;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// The label that a path of tokens leads to. Expected values are worked out by hand from the probabilities written in each test.
/// </summary>
public sealed class LabelProbabilityTests
{
    [Fact]
    public void One_token_a_label_gives_each_alternatives_probability_scaled_to_1() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["spam", "ham"], Token("spam", 0.6, ("ham", 0.2), ("egg", 0.1))),
            ("ham", 0.25),
            ("spam", 0.75)
        );

    [Fact]
    public void Alternatives_with_other_white_space_lead_to_the_same_label() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["spam", "ham"], Token(" spam", 0.5, ("spam", 0.25), (" ham", 0.125), ("ham", 0.125))),
            ("ham", 0.25),
            ("spam", 0.75)
        );

    [Fact]
    public void Labels_that_begin_alike_are_told_apart_at_the_token_where_they_part()
    {
        var probabilities = Read(
            new ParsingSpec(),
            ["refund_full", "refund_part", "other"],
            Token("refund", 0.8, ("other", 0.2)),
            Token("_full", 0.75, ("_part", 0.25))
        );
        AssertProbabilities(probabilities, ("other", 0.2), ("refund_full", 0.6), ("refund_part", 0.2));
    }

    [Fact]
    public void A_label_that_begins_another_is_meant_when_the_answer_ends_with_it() =>
        AssertProbabilities(Read(new ParsingSpec(), ["urgent", "urgent later"], Token("urgent", 1, ("not", 0.0001))), ("urgent", 1));

    [Fact]
    public void A_label_with_a_full_stop_after_it_is_that_label_and_a_longer_word_is_not() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["spam", "ham"], Token("spam.", 0.5, ("hamster", 0.25), ("ham", 0.25))),
            ("ham", 1 / 3.0),
            ("spam", 2 / 3.0)
        );

    [Fact]
    public void Letter_case_matters_unless_it_is_ignored()
    {
        AssertProbabilities(Read(new ParsingSpec(), ["spam", "ham"], Token("spam", 0.5, ("Ham", 0.5))), ("spam", 1));
        AssertProbabilities(
            Read(new ParsingSpec { IgnoreCase = true }, ["spam", "ham"], Token("spam", 0.5, ("Ham", 0.5))),
            ("ham", 0.5),
            ("spam", 0.5)
        );
    }

    [Fact]
    public void Choice_letters_stand_for_the_labels() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Method = ParsingMethod.Choice },
                ["one", "two"],
                Token("(", 1),
                Token("B", 0.75, ("A", 0.25)),
                Token(")", 1)
            ),
            ("one", 0.25),
            ("two", 0.75)
        );

    [Fact]
    public void Json_field_the_tokens_before_the_value_do_not_count() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" },
                ["spam", "ham"],
                Token("{\"", 0.5, ("spam", 0.5)),
                Token("label", 1),
                Token("\":\"", 0.9, ("\": \"", 0.1)),
                Token("ham", 0.8, ("spam", 0.2)),
                Token("\"}", 1)
            ),
            ("ham", 0.8),
            ("spam", 0.2)
        );

    [Fact]
    public void Regex_the_group_is_where_the_label_begins() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Method = ParsingMethod.Regex, Pattern = "label=(\\w+)" },
                ["spam", "ham"],
                Token("label", 1, ("spam", 0.1)),
                Token("=", 1),
                Token("spam", 0.6, ("ham", 0.4))
            ),
            ("ham", 0.4),
            ("spam", 0.6)
        );

    [Theory]
    [InlineData("")]
    [InlineData("<|im_end|>")]
    [InlineData("\n")]
    public void The_end_of_the_answer_decides_between_a_label_and_a_longer_one(string end)
    {
        string[] labels = ["card", "card_payment", "other"];
        AssertProbabilities(
            Read(new ParsingSpec(), labels, Token("card", 0.8, ("other", 0.2)), Token(end, 0.75, ("_payment", 0.25))),
            ("card", 0.6),
            ("card_payment", 0.2),
            ("other", 0.2)
        );
        AssertProbabilities(
            Read(new ParsingSpec(), labels, Token("card", 0.8, ("other", 0.2)), Token("_", 0.75, (end, 0.25)), Token("payment", 1)),
            ("card", 0.2),
            ("card_payment", 0.6),
            ("other", 0.2)
        );
    }

    [Fact]
    public void Where_the_end_has_no_token_the_label_that_is_spelt_is_meant_and_a_longer_one_is_unseen() =>
        AssertProbabilities(
            Read(new ParsingSpec(), ["card", "card_payment", "other"], Token("card", 0.9, ("other", 0.05))),
            ("card", 0.9),
            ("card_payment", 0.05),
            ("other", 0.05)
        );

    [Fact]
    public void A_longer_label_wins_over_the_one_that_it_begins_with() =>
        AssertProbabilities(
            Read(
                new ParsingSpec(),
                ["card", "card payment", "card-less"],
                Token("card", 1),
                Token(" payment", 0.5, (".", 0.25), ("-less", 0.25))
            ),
            ("card", 0.25),
            ("card payment", 0.5),
            ("card-less", 0.25)
        );

    [Fact]
    public void Other_splits_into_tokens_lead_to_the_same_labels() =>
        AssertProbabilities(
            Read(
                new ParsingSpec(),
                ["refund", "card"],
                Token("ref", 0.5, ("re", 0.125), ("refund", 0.125), ("car", 0.125), ("c", 0.125)),
                Token("und", 1)
            ),
            ("card", 0.25),
            ("refund", 0.75)
        );

    [Fact]
    public void White_space_and_quotes_before_the_label_are_part_of_the_path()
    {
        var reading = ReadAll(
            new ParsingSpec(),
            ["spam", "ham"],
            Token("\n", 0.5, ("ham", 0.375), (" ", 0.125)),
            Token("\"", 1),
            Token("spam", 0.75, ("ham", 0.25)),
            Token("\"", 1)
        )!;
        AssertProbabilities(reading.Probabilities, ("ham", 4 / 7.0), ("spam", 3 / 7.0));
        Assert.Equal(0.125, reading.Unresolved, 1e-12);
    }

    [Fact]
    public void Parts_of_a_character_are_joined()
    {
        var bytes = "中"u8.ToArray();
        AssertProbabilities(
            Read(
                new ParsingSpec(),
                ["中文", "丰田", "É"],
                Token(TokenText.FromBytes(bytes.AsSpan(0, 2)), 0.8, (TokenText.FromBytes([0xC3]), 0.2)),
                Token(TokenText.FromBytes(bytes.AsSpan(2)), 0.75, (TokenText.FromBytes("丰"u8[2..]), 0.25)),
                Token("文", 1)
            ),
            ("É", 0.2),
            ("中文", 0.6),
            ("丰田", 0.2)
        );
    }

    [Fact]
    public void Parts_of_a_character_match_in_any_letter_case_where_case_is_ignored() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { IgnoreCase = true },
                ["Éa", "b"],
                Token(TokenText.FromBytes([0xC3]), 0.5, ("B", 0.5)),
                Token(TokenText.FromBytes("é"u8[1..]), 1),
                Token("A", 1)
            ),
            ("b", 0.5),
            ("Éa", 0.5)
        );

    [Fact]
    public void Aliases_add_to_their_label() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Aliases = new Dictionary<string, string> { ["junk"] = "spam" } },
                ["spam", "ham"],
                Token("spam", 0.5, ("junk", 0.25), ("ham", 0.25))
            ),
            ("ham", 0.25),
            ("spam", 0.75)
        );

    [Fact]
    public void Json_field_the_closing_quote_and_escapes_are_part_of_the_path() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" },
                ["card", "card \"gold\"", "other"],
                Token("{\"label\":", 1),
                Token(" \"card", 0.5, ("\"other", 0.25), (" \"other", 0.25)),
                Token("\"}", 0.5, (" \\\"gold", 0.5))
            ),
            ("card", 0.25),
            ("card \"gold\"", 0.25),
            ("other", 0.5)
        );

    [Fact]
    public void Regex_an_end_token_after_the_match_does_no_harm() =>
        AssertProbabilities(
            Read(
                new ParsingSpec { Method = ParsingMethod.Regex, Pattern = "^label=(\\w+)$" },
                ["spam", "ham"],
                Token("label=", 1),
                Token("spam", 0.6, ("ham", 0.4)),
                Token("</s>", 1)
            ),
            ("ham", 0.4),
            ("spam", 0.6)
        );
}
