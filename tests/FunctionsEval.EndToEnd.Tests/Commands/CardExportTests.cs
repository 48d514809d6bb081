using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Exports;
using FunctionsEval.LocalHost.Machine;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Badges and model cards of a run.</summary>
public sealed class CardExportTests
{
    private static readonly MetricValue Accuracy = new()
    {
        Role = Roles.Candidate,
        Name = "accuracy",
        Slice = MetricReport.AllSamples,
        Value = 0.923,
        Lower = 0.913,
        Upper = 0.932,
        Samples = 3080,
        HigherIsBetter = true,
        Kind = MetricKind.Headline,
        Signature = "s",
    };

    [Theory]
    [InlineData(VerdictResult.Pass, "pass", "#1a7f37")]
    [InlineData(VerdictResult.Fail, "fail", "#cf222e")]
    [InlineData(VerdictResult.Inconclusive, "inconclusive", "#9a6700")]
    public void Badge_has_verdict_and_headline_and_says_them_to_screen_readers(VerdictResult verdict, string word, string colour)
    {
        var badge = XElement.Parse(BadgeExport.Write(SourceOf(verdict)));

        var (texts, boxes) = (Named("text"), Named("rect"));
        Assert.Equal("team/mail", texts[0].Value);
        Assert.Contains(word, texts[1].Value, StringComparison.Ordinal);
        Assert.Contains("Accuracy 92.3 %", texts[1].Value, StringComparison.Ordinal);
        Assert.Equal(colour, (string?)boxes[1].Attribute("fill"));
        Assert.Equal($"{texts[0].Value}: {texts[1].Value}", (string?)badge.Attribute("aria-label"));
        Assert.Equal((int)badge.Attribute("width")!, boxes.Sum(box => (int)box.Attribute("width")!));

        List<XElement> Named(string name) => [.. badge.Descendants().Where(element => element.Name.LocalName == name)];
    }

    [Fact]
    public void Badge_of_any_name_is_an_image_and_no_markup()
    {
        var source = SourceOf(VerdictResult.Pass, "<script>&\"'\u0001" + string.Concat(Enumerable.Repeat("😀", 80)));

        var badge = XElement.Parse(BadgeExport.Write(source));

        Assert.DoesNotContain(badge.Descendants(), element => element.Name.LocalName == "script");
        Assert.InRange((int)badge.Attribute("width")!, 100, 1500);
        Assert.Equal(1, JsonElement.Parse(BadgeExport.WriteJson(source)).GetProperty("schemaVersion").GetInt32());
    }

    [Fact]
    public void Model_card_has_the_metadata_that_the_hub_reads()
    {
        var card = ModelCardExport.Write(SourceOf(VerdictResult.Pass));

        var result = Metadata(card)["model-index"][0]["results"][0];
        Assert.Equal("text-classification", Text(result["task"]["type"]));
        Assert.Equal(("mail", "mail/test.jsonl"), (Text(result["dataset"]["type"]), Text(result["dataset"]["name"])));
        Assert.Equal(("accuracy", "0.923"), (Text(result["metrics"][0]["type"]), Text(result["metrics"][0]["value"])));
        Assert.Equal("tuned", Text(Metadata(card)["model-index"][0]["name"]));
        Assert.Contains("## Evaluation", card, StringComparison.Ordinal);
        Assert.Contains("92.3 %", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("1e3")]
    [InlineData("a: b # c")]
    [InlineData("\"quoted\" \\ and\nlines\u2028\u0085\u202e 😀")]
    [InlineData("---")]
    public void Text_of_the_metadata_stays_what_it_is(string name)
    {
        var source = SourceOf(VerdictResult.Pass);

        var card = ModelCardExport.Write(new ExportSource(source.Run with { Model = name }, source.Summary));

        Assert.Equal(name, Text(Metadata(card)["model-index"][0]["name"]));
    }

    [Theory]
    [InlineData(1.733e32)]
    [InlineData(1e22)]
    [InlineData(-4.5e-7)]
    [InlineData(0)]
    public void Number_of_the_metadata_is_a_number_to_yaml(double value)
    {
        var text = YamlScalar.Number(value);

        Assert.Matches(@"^-?\d+(\.\d+(E[+-]\d+)?)?\z", text);
        Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Run_without_numbers_has_no_card_and_a_badge_of_its_status()
    {
        var source = new ExportSource(ExportedRuns.Run with { Status = RunStatus.Failed, ErrorCode = "x" }, null);

        Assert.Throws<LocalHostException>(() => ModelCardExport.Write(source));
        Assert.Contains("failed", BadgeExport.Write(source), StringComparison.Ordinal);
    }

    private static ExportSource SourceOf(VerdictResult verdict, string name = "team/mail")
    {
        List<RuleVerdict> rules = [new RuleVerdict(verdict, "Accuracy 92.3 % is at least 88 %")];
        return new ExportSource(
            ExportedRuns.Run with
            {
                Name = name,
                Verdict = verdict,
                VerdictReasons = rules,
            },
            ExportedRuns.Summary with
            {
                Verdict = new Verdict(verdict, rules),
                Outcomes = new Dictionary<string, OutcomeCounts> { [Roles.Candidate] = new() { Scored = 3080 } },
                Metrics = [Accuracy],
            }
        );
    }

    private static YamlNode Metadata(string card)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(card.Split("\n---\n")[0]["---\n".Length..]));
        return yaml.Documents[0].RootNode;
    }

    private static string? Text(YamlNode node) => ((YamlScalarNode)node).Value;
}
