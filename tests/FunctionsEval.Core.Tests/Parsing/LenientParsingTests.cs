using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class LenientParsingTests
{
    [Theory]
    [InlineData("spam", "spam")]
    [InlineData("Spam.", "spam")]
    [InlineData("The message is SPAM, clearly spam.", "spam")]
    [InlineData("**not urgent**", "not urgent")]
    [InlineData("It is not urgent", "not urgent")]
    [InlineData("Label: urgent", "urgent")]
    [InlineData("ham or spam", null)]
    [InlineData("urgent, that is, not urgent", null)]
    [InlineData("spammy", null)]
    [InlineData("antispam", null)]
    [InlineData("spam_filter", null)]
    [InlineData("egg", null)]
    [InlineData("", null)]
    [InlineData("junk!", "spam")]
    [InlineData("größe", null)]
    [InlineData("𝒜spam", null)]
    [InlineData("👍spam👍", "spam")]
    public void Label_the_one_label_mentioned_as_a_word_is_the_answer(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Aliases = new Dictionary<string, string> { ["junk"] = "spam" } }, ["spam", "ham", "urgent", "not urgent"]));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("The rating is 1!", "1")]
    [InlineData("10", null)]
    [InlineData("1.5", null)]
    [InlineData("0,1", null)]
    [InlineData("1 of 2", null)]
    [InlineData("Rating: 2.", "2")]
    public void Label_of_digits_is_no_part_of_a_longer_number(string text, string? expected) => Assert.Equal(expected, Classify(text, new ParsingSpec(), ["0", "1", "2"]));

    [Theory]
    [InlineData("The answer is 42.", "42")]
    [InlineData("42, I repeat 042", "42")]
    [InlineData("6 x 7 = 42", null)]
    [InlineData("4.2", null)]
    [InlineData("-7 degrees", "-7")]
    [InlineData("B2B", null)]
    [InlineData("none", null)]
    public void Integer_the_only_one_in_the_text_is_the_answer(string text, string? expected)
    {
        var spec = new EvaluationSpec { Task = EvaluationTask.Generation, Model = "m", Parsing = new ParsingSpec { Method = ParsingMethod.Integer } };
        Assert.Equal(expected, AnswerParser.Create(spec).ParseLeniently(text));
    }

    [Theory]
    [InlineData("B", "two")]
    [InlineData("The answer is B.", "two")]
    [InlineData("Answer: **C**", "three")]
    [InlineData("A) is wrong, so the answer is (B)", "two")]
    [InlineData("B. Because A is too small", "two")]
    [InlineData("A cat sat; B", "two")]
    [InlineData("(A) or (B)", null)]
    [InlineData("A, B", null)]
    [InlineData("Z", null)]
    [InlineData("a", null)]
    [InlineData("I'd say C", "three")]
    public void Choice_the_letter_that_is_announced_marked_or_alone_is_the_answer(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.Choice }, ["one", "two", "three"]));

    [Theory]
    [InlineData("```json\n{\"label\": \"spam\"}\n```", "spam")]
    [InlineData("Sure! {\"label\":\"Spam\"} Anything else?", "spam")]
    [InlineData("{\"note\":\"} {\\\"\",\"label\":\"ham\"}", "ham")]
    [InlineData("{\"other\":1} {\"label\":\"ham\"}", "ham")]
    [InlineData("{\"label\":[1]}", null)]
    [InlineData("{\"label\":\"spam\"", null)]
    [InlineData("spam", null)]
    public void Json_field_the_first_object_in_the_text_that_has_it_is_read(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" }, ["spam", "ham"]));

    [Theory]
    [InlineData("label=ham then label=spam", "spam")]
    [InlineData("label=Spam!", "spam")]
    [InlineData("spam", null)]
    public void Regex_the_last_match_is_the_answer(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.Regex, Pattern = @"label=(\S+)" }, ["spam", "ham"]));

    /// <summary>What parses strictly is read alike, so that the lenient rate of unparsable answers is never the higher one.</summary>
    [Fact]
    public void Lenient_reading_of_what_parses_strictly_is_the_strict_one()
    {
        string[] labels = ["yes", "no", "7", "maybe so"];
        Gen.Select(Gen.OneOf(ParsingMethod.Label, ParsingMethod.Integer, ParsingMethod.Choice), Gen.OneOf("yes", " no ", "'7'", "07", "maybe so", "B", "(C)", "maybe"))
            .Sample((method, text) =>
            {
                var parser = AnswerParser.Create(Spec(new ParsingSpec { Method = method }, labels));
                return parser.Parse(text) is not Parsed strict || parser.ParseLeniently(text) == strict.Value;
            });
    }

    private static string? Classify(string text, ParsingSpec parsing, string[] labels) => AnswerParser.Create(Spec(parsing, labels)).ParseLeniently(text);

    private static EvaluationSpec Spec(ParsingSpec parsing, string[] labels) =>
        new() { Task = EvaluationTask.Classification, Model = "m", Labels = labels, Parsing = parsing };
}
