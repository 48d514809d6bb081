using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class AnswerParserTests
{
    [Theory]
    [InlineData("spam")]
    [InlineData("  spam\r\n")]
    [InlineData("\u00A0spam\u2003")]
    [InlineData("\"spam\"")]
    [InlineData("'spam'")]
    [InlineData("`spam`")]
    [InlineData("“spam”")]
    public void Label_exact_text_after_trimming_and_one_pair_of_quotes_is_the_label(string text) =>
        Assert.Equal(new Parsed("spam"), Classify(text));

    [Theory]
    [InlineData("spam.")]
    [InlineData("Spam")]
    [InlineData("The answer is spam")]
    [InlineData("\"spam'")]
    [InlineData("\"\"spam\"\"")]
    [InlineData("\" spam\"")]
    [InlineData("spam ham")]
    [InlineData("\"")]
    [InlineData("egg")]
    public void Label_anything_else_is_not_a_label(string text) =>
        Assert.Equal(new Unparsable(UnparsableReasons.NotALabel), Classify(text));

    [Theory]
    [InlineData("")]
    [InlineData(" \t\u00A0\n")]
    public void Label_no_text_is_empty(string text) => Assert.Equal(new Unparsable(UnparsableReasons.Empty), Classify(text));

    [Fact]
    public void Label_ignoring_case_gives_the_specs_spelling() =>
        Assert.Equal(new Parsed("spam"), Classify("SPAM", new ParsingSpec { IgnoreCase = true }));

    [Fact]
    public void Label_quotes_stay_when_they_are_not_stripped() =>
        Assert.Equal(new Unparsable(UnparsableReasons.NotALabel), Classify("\"spam\"", new ParsingSpec { StripQuotes = false }));

    [Theory]
    [InlineData("junk", true)]
    [InlineData("Junk", false)]
    public void Label_alias_stands_for_its_label_in_its_own_case(string text, bool parsed) =>
        Assert.Equal(
            parsed ? new Parsed("spam") : (ParseResult)new Unparsable(UnparsableReasons.NotALabel),
            Classify(text, new ParsingSpec { Aliases = new Dictionary<string, string> { ["junk"] = "spam" } })
        );

    [Theory]
    [InlineData("7", "7")]
    [InlineData("+007", "7")]
    [InlineData("-0", "0")]
    [InlineData(" \"-12\" ", "-12")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void Integer_is_read_by_value(string text, string value) =>
        Assert.Equal(new Parsed(value), Generate(text, ParsingMethod.Integer));

    [Theory]
    [InlineData("7.0")]
    [InlineData("7.")]
    [InlineData("1,000")]
    [InlineData("+-7")]
    [InlineData("- 7")]
    [InlineData("٧")]
    [InlineData("seven")]
    [InlineData("-")]
    public void Integer_anything_else_is_not_an_integer(string text) =>
        Assert.Equal(new Unparsable(UnparsableReasons.NotAnInteger), Generate(text, ParsingMethod.Integer));

    [Theory]
    [InlineData("1", "01")]
    [InlineData("+02", "2")]
    public void Integer_in_classification_gives_the_label_of_that_value(string text, string label) =>
        Assert.Equal(
            new Parsed(label),
            Parse(text, new ParsingSpec { Method = ParsingMethod.Integer }, ClassificationTask.Instance, "01", "2")
        );

    [Fact]
    public void Integer_in_classification_that_is_no_label_is_not_a_label() =>
        Assert.Equal(
            new Unparsable(UnparsableReasons.NotALabel),
            Parse("3", new ParsingSpec { Method = ParsingMethod.Integer }, ClassificationTask.Instance, "1", "2")
        );

    [Fact]
    public void NormalizeReference_integer_has_the_spelling_of_equal_answers()
    {
        var parser = Spec(new ParsingSpec { Method = ParsingMethod.Integer }, GenerationTask.Instance).CreateParser();
        Assert.Equal(("7", "seven"), (parser.NormalizeReference(" +07"), parser.NormalizeReference("seven")));
    }

    [Theory]
    [InlineData("""{"label":"spam"}""", "spam")]
    [InlineData(""" {"label":"spam","why":["x"]} """, "spam")]
    public void JsonField_takes_the_field(string text, string value) =>
        Assert.Equal(new Parsed(value), Classify(text, new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" }));

    [Theory]
    [InlineData("""{"a":{"b":"x"}}""", "x")]
    [InlineData("""{"a":{"b":1.50}}""", "1.50")]
    [InlineData("""{"a":{"b":true}}""", "true")]
    public void JsonField_path_goes_deeper_and_takes_plain_values(string text, string value) =>
        Assert.Equal(new Parsed(value), JsonField(text));

    [Theory]
    [InlineData("```json\n{\"a\":{\"b\":\"x\"}}\n```", UnparsableReasons.NotAJsonObject)]
    [InlineData("{\"a\":{\"b\":\"x\"}} so x", UnparsableReasons.NotAJsonObject)]
    [InlineData("{\"a\":{\"b\":\"x\"}}{}", UnparsableReasons.NotAJsonObject)]
    [InlineData("[1]", UnparsableReasons.NotAJsonObject)]
    [InlineData("{\"a\":{\"b\":\"x\",\"b\":\"y\"}}", UnparsableReasons.NotAJsonObject)]
    [InlineData("{\"a\":{\"b\":\"\\ud800\"}}", UnparsableReasons.NotAJsonObject)]
    [InlineData("{\"a\":{}}", UnparsableReasons.MissingField)]
    [InlineData("{\"a\":1}", UnparsableReasons.MissingField)]
    [InlineData("{\"a\":{\"b\":null}}", UnparsableReasons.FieldType)]
    [InlineData("{\"a\":{\"b\":[\"x\"]}}", UnparsableReasons.FieldType)]
    public void JsonField_anything_else_says_why(string text, string reason) => Assert.Equal(new Unparsable(reason), JsonField(text));

    [Theory]
    [InlineData(@"Answer: (\w+)", "Thought. Answer: spam", "spam")]
    [InlineData(@"spam|ham", "it is ham!", "ham")]
    [InlineData(@"(?:label|class)=(?<l>\w+)", "class=ham", "ham")]
    [InlineData(@"(spam)|(ham)", "ham", "ham")]
    [InlineData(@"(?<=\[)\w+(?=\])", "[spam]", "spam")]
    public void Regex_single_match_gives_its_group_or_itself(string pattern, string text, string label) =>
        Assert.Equal(new Parsed(label), Classify(text, new ParsingSpec { Method = ParsingMethod.Regex, Pattern = pattern }));

    [Theory]
    [InlineData(@"Answer: (\w+)", "spam", UnparsableReasons.NoMatch)]
    [InlineData(@"spam|ham", "spam or ham", UnparsableReasons.SeveralMatches)]
    [InlineData(@"Answer: (\w+)", "Answer: egg", UnparsableReasons.NotALabel)]
    public void Regex_other_matches_say_why(string pattern, string text, string reason) =>
        Assert.Equal(new Unparsable(reason), Classify(text, new ParsingSpec { Method = ParsingMethod.Regex, Pattern = pattern }));

    [Fact]
    public void Regex_catastrophic_pattern_is_linear_or_times_out()
    {
        var text = new string('a', 60) + "!";
        Assert.Equal(new Unparsable(UnparsableReasons.NoMatch), Regex("^(a+)+$", text));
        Assert.Equal(new Unparsable(UnparsableReasons.MatchTimeout), Regex("^(?:(?=a)(?:a|aa))+$", text));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("(A)")]
    [InlineData("A)")]
    [InlineData("A.")]
    [InlineData(" 'A' ")]
    public void Choice_letter_in_a_stated_form_is_its_label(string text) =>
        Assert.Equal(new Parsed("spam"), Classify(text, new ParsingSpec { Method = ParsingMethod.Choice }));

    [Theory]
    [InlineData("C")]
    [InlineData("a")]
    [InlineData("(A")]
    [InlineData("A. spam")]
    [InlineData("AB")]
    [InlineData("1")]
    public void Choice_anything_else_is_not_a_choice(string text) =>
        Assert.Equal(new Unparsable(UnparsableReasons.NotAChoice), Classify(text, new ParsingSpec { Method = ParsingMethod.Choice }));

    [Fact]
    public void Choice_ignoring_case_takes_small_letters() =>
        Assert.Equal(new Parsed("ham"), Classify("b)", new ParsingSpec { Method = ParsingMethod.Choice, IgnoreCase = true }));

    [Fact]
    public void Text_in_generation_stays_as_it_is() => Assert.Equal(new Parsed(" \"x\"\n"), Generate(" \"x\"\n", null));

    [Fact]
    public void Text_in_classification_must_be_a_label_without_trimming()
    {
        var parsing = new ParsingSpec { Method = ParsingMethod.Text };
        Assert.Equal(new Parsed("spam"), Classify("spam", parsing));
        Assert.Equal(new Unparsable(UnparsableReasons.NotALabel), Classify("spam ", parsing));
    }

    [Fact]
    public void Parse_any_text_in_any_method_of_classification_gives_a_label_or_a_reason()
    {
        ParsingSpec[] methods =
        [
            new() { Method = ParsingMethod.Label, IgnoreCase = true },
            new() { Method = ParsingMethod.Integer },
            new() { Method = ParsingMethod.JsonField, Field = "a" },
            new() { Method = ParsingMethod.Regex, Pattern = "[a-z0-9]+" },
            new() { Method = ParsingMethod.Choice },
            new() { Method = ParsingMethod.Text },
        ];
        string[] labels = ["1", "02", "x"];
        var pieces = Gen.OneOf(Gen.OneOf("1", "2", "x", "X", "\"", "{\"a\":", "}", " ", "(", "A", ")", "."), Gen.String[0, 3]);
        Gen.Select(pieces.Array[0, 6], Gen.OneOf(methods))
            .Sample(
                (parts, method) =>
                    Parse(string.Concat(parts), method, ClassificationTask.Instance, labels) is not Parsed parsed
                    || labels.Contains(parsed.Value)
            );
    }

    private static ParseResult Classify(string text, ParsingSpec? parsing = null) =>
        Parse(text, parsing ?? new ParsingSpec(), ClassificationTask.Instance, "spam", "ham");

    private static ParseResult Generate(string text, ParsingMethod? method) =>
        Parse(text, new ParsingSpec { Method = method }, GenerationTask.Instance);

    private static ParseResult JsonField(string text) =>
        Parse(text, new ParsingSpec { Method = ParsingMethod.JsonField, Field = "a.b" }, GenerationTask.Instance);

    private static ParseResult Regex(string pattern, string text) =>
        Parse(text, new ParsingSpec { Method = ParsingMethod.Regex, Pattern = pattern }, GenerationTask.Instance);

    private static ParseResult Parse(string text, ParsingSpec parsing, TaskDefinition task, params string[] labels) =>
        Spec(parsing, task, labels).CreateParser().Parse(text);

    private static EvaluationSpec Spec(ParsingSpec parsing, TaskDefinition task, params string[] labels) =>
        new()
        {
            Task = task,
            Model = "m",
            Parsing = parsing,
            Labels = labels,
        };

    /// <summary>Half a surrogate pair is no text of Unicode (RFC 8259, section 8.2).</summary>
    [Theory]
    [InlineData("{\"\\ud800\": 1, \"label\": \"a\"}")]
    [InlineData("{\"label\": \"\\ud800\"}")]
    [InlineData("{\"label\": \"a\", \"\\udc00\": {\"label\": 1}}")]
    public void Object_with_half_a_surrogate_pair_is_read_or_unparsable(string text)
    {
        var parser = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Parsing = new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" },
        }.CreateParser();

        Assert.True(parser.Parse(text) is Parsed { Value: "a" } or Unparsable { Reason: UnparsableReasons.NotAJsonObject });
        Assert.True(parser.ParseLeniently(text) is null or "a");
    }
}
