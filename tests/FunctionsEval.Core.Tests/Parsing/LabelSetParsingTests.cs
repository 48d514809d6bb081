using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.MultiLabel;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class LabelSetParsingTests
{
    private static readonly string[] Labels = ["billing", "login", "bug, other", "größe"];

    [Theory]
    [InlineData("""["login", "billing"]""", """["billing","login"]""")]
    [InlineData("""["login","login"]""", """["login"]""")]
    [InlineData("[]", "[]")]
    [InlineData("""["gr\u00f6\u00dfe"]""", """["größe"]""")]
    [InlineData("login\nbilling\n", """["billing","login"]""")]
    [InlineData("login\r\n\"billing\"", """["billing","login"]""")]
    [InlineData("login", """["login"]""")]
    [InlineData("bug, other", """["bug, other"]""")]
    public void A_list_of_labels_is_read(string text, string set) => Assert.Equal(new Parsed(set), Read(new ParsingSpec(), text));

    [Theory]
    [InlineData("login, billing", "not_a_label")]
    [InlineData("""["login", "weather"]""", "not_a_label")]
    [InlineData("""["Login"]""", "not_a_label")]
    [InlineData("""["login" "billing"]""", "not_a_label_list")]
    [InlineData("""[["login"]]""", "not_a_label_list")]
    [InlineData("""[null]""", "not_a_label_list")]
    [InlineData("""{"labels": ["login"]}""", "not_a_label")]
    [InlineData("- login", "not_a_label")]
    [InlineData("login\n\nbilling", "not_a_label_list")]
    [InlineData("none", "not_a_label")]
    public void Nothing_is_guessed(string text, string reason) => Assert.Equal(new Unparsable(reason), Read(new ParsingSpec(), text));

    [Theory]
    [InlineData("login; billing", """["billing","login"]""")]
    [InlineData("login;billing;", null)]
    [InlineData("None", "[]")]
    [InlineData("LOGIN", """["login"]""")]
    [InlineData("invoice; login", """["billing","login"]""")]
    [InlineData("""["invoice"]""", """["billing"]""")]
    public void Delimiter_aliases_and_the_text_for_no_label_are_those_of_the_spec(string text, string? set) =>
        Assert.Equal(
            set,
            (
                Read(
                    new ParsingSpec
                    {
                        Delimiter = ";",
                        NoLabel = "none",
                        IgnoreCase = true,
                        Aliases = new Dictionary<string, string> { ["invoice"] = "billing" },
                    },
                    text
                ) as Parsed
            )?.Value
        );

    [Theory]
    [InlineData("""{"labels": ["login", "billing"]}""", """["billing","login"]""")]
    [InlineData("""{"labels": []}""", "[]")]
    [InlineData("""{"labels": "login"}""", """["login"]""")]
    [InlineData("""{"labels": {"login": 1}}""", null)]
    public void A_list_is_read_from_a_json_field(string text, string? set) =>
        Assert.Equal(set, (Read(new ParsingSpec { Method = ParsingMethod.JsonField, Field = "labels" }, text) as Parsed)?.Value);

    [Theory]
    [InlineData("```json\n[\"login\"]\n```", """["login"]""")]
    [InlineData("It is about billing and the login.", """["billing","login"]""")]
    [InlineData("- Billing\n- Login", """["billing","login"]""")]
    [InlineData("The list is [] here.", "[]")]
    [InlineData("nothing", null)]
    public void The_lenient_reading_takes_a_list_or_what_is_mentioned(string text, string? set) =>
        Assert.Equal(set, ParserOf(new ParsingSpec()).ParseLeniently(text));

    [Fact]
    public void The_order_of_labels_in_an_answer_does_not_matter() =>
        Gen.Select(Gen.Shuffle(Labels), Gen.Int[0, Labels.Length])
            .Sample(
                (shuffled, count) =>
                {
                    var chosen = shuffled.Take(count).ToArray();
                    var expected = Read(new ParsingSpec(), JsonSerializer.Serialize(Labels.Where(chosen.Contains)));
                    Assert.Equal(expected, Read(new ParsingSpec(), JsonSerializer.Serialize(chosen)));
                    Assert.Equal(expected, Read(new ParsingSpec(), ((Parsed)expected).Value));
                }
            );

    [Fact]
    public void Any_text_is_read_without_an_exception() =>
        Gen.String.Sample(text =>
        {
            Read(new ParsingSpec { Delimiter = "," }, text);
            Read(new ParsingSpec(), "[" + text + "]");
            ParserOf(new ParsingSpec()).ParseLeniently("[" + text + "login]");
        });

    [Theory]
    [InlineData(ParsingMethod.Label)]
    [InlineData(ParsingMethod.Integer)]
    [InlineData(ParsingMethod.Choice)]
    public void Methods_that_read_one_label_are_refused(ParsingMethod method)
    {
        var problem = MultiLabelTask.Instance.Check(
            new TaskOptions
            {
                Labels = Labels,
                Parsing = new ParsingSpec { Method = method },
            }
        );
        Assert.Equal("parsing.method", problem!.Path);
    }

    [Fact]
    public void Fields_about_a_single_label_are_refused()
    {
        Assert.Equal("positiveLabel", MultiLabelTask.Instance.Check(new TaskOptions { Labels = Labels, PositiveLabel = "login" })!.Path);
        Assert.Equal("labels", MultiLabelTask.Instance.Check(new TaskOptions())!.Path);
    }

    private static ParseResult Read(ParsingSpec parsing, string text) => ParserOf(parsing).Parse(text);

    private static AnswerParser ParserOf(ParsingSpec parsing) =>
        MultiLabelTask.Instance.CreateParser(new TaskOptions { Labels = Labels, Parsing = parsing });
}
