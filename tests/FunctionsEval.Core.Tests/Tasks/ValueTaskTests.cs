using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Tasks;

/// <summary>Rows and offline answers of the tasks whose answers are sets of labels and numbers.</summary>
public sealed class ValueTaskTests
{
    private const string MultiLabel = """
        {"task":"multi_label","model":"m","labels":["billing","login","refund"]
        """;

    [Theory]
    [InlineData("""{"text":"x","label":["login","billing"]}""", "", """["billing","login"]""")]
    [InlineData("""{"text":"x","labels":["login"]}""", "", """["login"]""")]
    [InlineData("""{"text":"x","labels":[]}""", "", "[]")]
    [InlineData("""{"text":"x","label":"login"}""", "", """["login"]""")]
    [InlineData("""{"text":"x","label":"[\"login\"]"}""", "", """["login"]""")]
    [InlineData("""{"text":"x","label":"billing, login"}""", ",\"parsing\":{\"delimiter\":\",\"}", """["billing","login"]""")]
    [InlineData("""{"text":"x","label":"none"}""", ",\"parsing\":{\"noLabel\":\"none\"}", "[]")]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"{\"l\":[\"login\"]}"}]}""",
        ",\"parsing\":{\"method\":\"json_field\",\"field\":\"l\"}",
        """["login"]"""
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"login\nbilling"}]}""",
        "",
        """["billing","login"]"""
    )]
    public async Task Reference_is_one_set_of_labels(string row, string fields, string set) =>
        Assert.Equal([set], Assert.IsType<ValidRow>(await ReadAsync($"{MultiLabel}{fields}}}", row)).Sample.References);

    [Theory]
    [InlineData("""{"text":"x","label":"billing, login"}""", "unknown_label", "parsing.delimiter")]
    [InlineData("""{"text":"x","label":["billing","weather"]}""", "unknown_label", "label")]
    [InlineData("""{"text":"x","label":"[1"}""", "wrong_type", "list of labels")]
    [InlineData("""{"text":"x","label":""}""", "missing_reference", "empty list")]
    [InlineData("""{"text":"x"}""", "missing_reference", "labels")]
    [InlineData("""{"text":"x","label":{"billing":1}}""", "wrong_type", "label")]
    public async Task Reference_that_is_no_set_of_labels_is_malformed(string row, string reason, string message)
    {
        var read = Assert.IsType<MalformedRow>(await ReadAsync($"{MultiLabel}}}", row));
        Assert.Equal(reason, read.Reason);
        Assert.Contains(message, read.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":"x","label":4.50}""", "", "4.5")]
    [InlineData("""{"text":"x","label":"4.5"}""", "", "4.5")]
    [InlineData("""{"text":"x","label":"1,080"}""", ",\"parsing\":{\"number\":{\"thousands\":\"comma\"}}", "1080")]
    [InlineData(
        """{"text":"x","expected":"4 × 270 = 1,080\n#### 1,080"}""",
        ",\"parsing\":{\"number\":{\"thousands\":\"comma\",\"marker\":\"####\"}}",
        "1080"
    )]
    [InlineData("""{"text":"x","expected":1080}""", ",\"parsing\":{\"number\":{\"marker\":\"####\"}}", "1080")]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"{\"score\":0.25}"}]}""",
        ",\"parsing\":{\"method\":\"json_field\",\"field\":\"score\"}",
        "0.25"
    )]
    public async Task Reference_is_one_number(string row, string fields, string number) =>
        Assert.Equal(
            [number],
            Assert.IsType<ValidRow>(await ReadAsync($"{{\"task\":\"regression\",\"model\":\"m\"{fields}}}", row)).Sample.References
        );

    [Theory]
    [InlineData("""{"text":"x","label":"four"}""", "parsing.number")]
    [InlineData("""{"text":"x","label":"12%"}""", "parsing.number")]
    [InlineData("""{"text":"x","label":[1,2]}""", "exactly one number")]
    [InlineData("""{"text":"x","label":2e12}""", "±1e12")]
    public async Task Reference_that_is_no_number_is_malformed(string row, string message)
    {
        var read = Assert.IsType<MalformedRow>(await ReadAsync("""{"task":"regression","model":"m"}""", row));
        Assert.Equal("wrong_type", read.Reason);
        Assert.Contains(message, read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_in_a_csv_cell_is_read()
    {
        var spec = SpecReader.Read($"{MultiLabel},\"columns\":{{\"input\":\"text\",\"reference\":\"label\"}}}}", "evaluation.json");
        using var stream = new MemoryStream("text,label\nx,\"[\"\"login\"\", \"\"billing\"\"]\"\n"u8.ToArray());
        var rows = await spec.ReadOptions(CsvFormat.Csv)
            .CreateReader()
            .ReadAsync(stream, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["""["billing","login"]"""], Assert.IsType<ValidRow>(Assert.Single(rows)).Sample.References);
    }

    [Theory]
    [InlineData("""{"prediction":["login","billing"],"label":["billing","login"]}""", Outcome.Scored, """["billing","login"]""")]
    [InlineData("""{"text":"login\nbilling","label":["billing","login"]}""", Outcome.Scored, """["billing","login"]""")]
    [InlineData("""{"prediction":["weather"],"label":["billing"]}""", Outcome.Unparsable, null)]
    [InlineData("""{"prediction":"login","label":["billing"]}""", Outcome.Unparsable, null)]
    public void An_offline_prediction_is_a_list_of_labels(string line, Outcome outcome, string? prediction)
    {
        var row = ReadAnswer($"{MultiLabel}}}", line);
        Assert.Equal((outcome, prediction), (row.Outcome, row.Prediction));
    }

    [Theory]
    [InlineData("""{"prediction":4.50,"reference":"4.5"}""", Outcome.Scored, "4.5", true)]
    [InlineData("""{"text":"4.6","reference":4.5}""", Outcome.Scored, "4.6", false)]
    [InlineData("""{"prediction":"about 4","reference":4.5}""", Outcome.Unparsable, null, false)]
    [InlineData("""{"text":"about 4","reference":4.5}""", Outcome.Unparsable, null, false)]
    public void An_offline_prediction_is_a_number(string line, Outcome outcome, string? prediction, bool isRight)
    {
        var row = ReadAnswer("""{"task":"regression","model":"m"}""", line);
        Assert.Equal((outcome, prediction, isRight), (row.Outcome, row.Prediction, row.IsRight));
    }

    [Fact]
    public void What_a_run_logs_is_read_as_it_is_whatever_the_notation()
    {
        var row = ReadAnswer(
            """{"task":"regression","model":"m","parsing":{"number":{"marker":"####","thousands":"comma","percent":"divide"}}}""",
            """{"outcome":"scored","references":["0.12"],"prediction":"1080.5"}"""
        );
        Assert.Equal(("0.12", "1080.5"), (row.References[0], row.Prediction));
    }

    private static EvaluatedSample ReadAnswer(string spec, string line) =>
        new PredictionReader(SpecReader.Read(spec, "evaluation.json")).Read(line, 1)!.Candidate;

    private static async Task<DatasetRow> ReadAsync(string spec, string row)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(row));
        return (
            await SpecReader
                .Read(spec, "evaluation.json")
                .ReadOptions(JsonlFormat.Instance)
                .CreateReader()
                .ReadAsync(stream, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken)
        ).Single();
    }
}
