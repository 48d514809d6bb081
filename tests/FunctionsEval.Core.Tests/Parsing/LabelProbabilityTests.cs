using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>Expected values are worked out by hand from the probabilities written in each test.</summary>
public sealed class LabelProbabilityTests
{
    [Fact]
    public void One_token_a_label_gives_each_alternatives_probability_scaled_to_1() =>
        AssertProbabilities(Read(new ParsingSpec(), ["spam", "ham"], Token("spam", 0.6, ("ham", 0.2), ("egg", 0.1))), ("ham", 0.25), ("spam", 0.75));

    [Fact]
    public void Alternatives_with_other_white_space_lead_to_the_same_label() =>
        AssertProbabilities(Read(new ParsingSpec(), ["spam", "ham"], Token(" spam", 0.5, ("spam", 0.25), (" ham", 0.125), ("ham", 0.125))), ("ham", 0.25), ("spam", 0.75));

    [Fact]
    public void Labels_that_begin_alike_are_told_apart_at_the_token_where_they_part()
    {
        var probabilities = Read(new ParsingSpec(), ["refund_full", "refund_part", "other"], Token("refund", 0.8, ("other", 0.2)), Token("_full", 0.75, ("_part", 0.25)));
        AssertProbabilities(probabilities, ("other", 0.2), ("refund_full", 0.6), ("refund_part", 0.2));
    }

    [Fact]
    public void A_label_that_begins_another_is_meant_when_the_answer_ends_with_it() =>
        AssertProbabilities(Read(new ParsingSpec(), ["urgent", "urgent later"], Token("urgent", 1, ("not", 0.0001))), ("urgent", 1));

    [Fact]
    public void A_label_with_a_full_stop_after_it_is_that_label_and_a_longer_word_is_not() =>
        AssertProbabilities(Read(new ParsingSpec(), ["spam", "ham"], Token("spam.", 0.5, ("hamster", 0.25), ("ham", 0.25))), ("ham", 1 / 3.0), ("spam", 2 / 3.0));

    [Fact]
    public void Letter_case_matters_unless_it_is_ignored()
    {
        AssertProbabilities(Read(new ParsingSpec(), ["spam", "ham"], Token("spam", 0.5, ("Ham", 0.5))), ("spam", 1));
        AssertProbabilities(Read(new ParsingSpec { IgnoreCase = true }, ["spam", "ham"], Token("spam", 0.5, ("Ham", 0.5))), ("ham", 0.5), ("spam", 0.5));
    }

    [Fact]
    public void Choice_letters_stand_for_the_labels() =>
        AssertProbabilities(Read(new ParsingSpec { Method = ParsingMethod.Choice }, ["one", "two"], Token("(", 1), Token("B", 0.75, ("A", 0.25)), Token(")", 1)), ("one", 0.25), ("two", 0.75));

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
                Token("\"}", 1)),
            ("ham", 0.8),
            ("spam", 0.2));

    [Fact]
    public void Regex_the_group_is_where_the_label_begins() =>
        AssertProbabilities(
            Read(new ParsingSpec { Method = ParsingMethod.Regex, Pattern = "label=(\\w+)" }, ["spam", "ham"], Token("label", 1, ("spam", 0.1)), Token("=", 1), Token("spam", 0.6, ("ham", 0.4))),
            ("ham", 0.4),
            ("spam", 0.6));

    [Fact]
    public void No_alternative_that_leads_to_a_label_gives_none() => Assert.Null(Read(new ParsingSpec(), ["spam", "ham"], Token("I", 0.9, ("The", 0.1))));

    [Fact]
    public void No_text_gives_none() => Assert.Null(Read(new ParsingSpec(), ["spam", "ham"]));

    private static IReadOnlyDictionary<string, double>? Read(ParsingSpec parsing, string[] labels, params AnswerToken[] tokens) =>
        AnswerParser.Create(new EvaluationSpec { Task = EvaluationTask.Classification, Model = "m", Labels = labels, Parsing = parsing }).ReadLabelProbabilities(tokens);

    private static AnswerToken Token(string text, double probability, params (string Text, double Probability)[] others) =>
        new(text, Math.Log(probability), [.. others.Append((text, probability)).Select(other => new TokenAlternative(other.Item1, Math.Log(other.Item2)))]);

    private static void AssertProbabilities(IReadOnlyDictionary<string, double>? actual, params (string Label, double Probability)[] expected)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Select(pair => pair.Label), actual.Keys);
        foreach (var (label, probability) in expected)
        {
            Assert.Equal(probability, actual[label], 1e-12);
        }
    }
}
