using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Extraction;
using FunctionsEval.Core.Tests.Datasets;

namespace FunctionsEval.Core.Tests.Tasks;

public sealed class ExtractionTests
{
    private const string Spec = """{"task":"extraction","model":"m"}""";

    private static readonly AnswerParser Parser = SpecReader.Read(Spec, "s").CreateParser();

    [Theory]
    [InlineData("""{"input":"x","reference":{"b":1.0,"a":"y"}}""", """{"a":"y","b":1}""")]
    [InlineData("""{"input":"x","expected":"{\"b\":2}"}""", """{"b":2}""")]
    [InlineData("""{"input":"x","reference":[{"text":"Kiel","label":"LOC"}]}""", """[{"label":"LOC","text":"Kiel"}]""")]
    [InlineData("""{"input":"x","references":["{\"b\":2}"]}""", """{"b":2}""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":" {\"total\": 12.50}\n"}]}""",
        """{"total":12.5}"""
    )]
    public async Task Reference_is_json_as_a_value_or_as_a_text(string row, string expected) =>
        Assert.Equal([expected], (await DatasetText.ReadSampleAsync(row, Options(Spec))).References);

    [Theory]
    [InlineData("""{"input":"x","reference":"twelve"}""", MalformedReasons.ReferenceNotJson)]
    [InlineData("""{"input":"x","reference":12}""", MalformedReasons.ReferenceNotJson)]
    [InlineData("""{"input":"x","reference":"{\"a\":1,\"a\":2}"}""", MalformedReasons.ReferenceNotJson)]
    [InlineData("""{"input":"x","reference":{"a":1,"a":2}}""", MalformedReasons.ReferenceNotJson)]
    [InlineData("""{"input":"x"}""", MalformedReasons.MissingReference)]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"The total is 12."}]}""",
        MalformedReasons.ReferenceNotJson
    )]
    public async Task Row_whose_reference_is_no_json_is_malformed(string row, string reason) =>
        Assert.Equal(reason, (await DatasetText.ReadMalformedAsync(row, Options(Spec))).Reason);

    [Theory]
    [InlineData("""["clause","quote"]""", """{"clause":"rent","quote":"…"}""")]
    [InlineData("""{"text":"quote","type":"clause","level":"n"}""", """{"level":3,"text":"…","type":"rent"}""")]
    [InlineData("""["clause","absent"]""", """{"clause":"rent"}""")]
    public async Task Reference_may_be_in_several_fields_beside_the_turns(string columns, string expected)
    {
        const string Row = """{"messages":[{"role":"user","content":"Which clause?"}],"clause":"rent","quote":"…","n":3,"none":null}""";
        var sample = await DatasetText.ReadSampleAsync(Row, Options(WithReference(columns)));
        Assert.Equal([expected], sample.References);
        Assert.Equal("Which clause?", Assert.Single(sample.Messages).Content);
    }

    [Fact]
    public async Task Row_that_lacks_all_fields_of_the_reference_is_malformed() =>
        Assert.Equal(
            MalformedReasons.MissingReference,
            (await DatasetText.ReadMalformedAsync("""{"input":"x","a":null}""", Options(WithReference("""["a","b"]""")))).Reason
        );

    [Fact]
    public async Task Csv_has_the_fields_of_the_reference_in_columns()
    {
        var options = SpecReader.Read(WithReference("""["total","due"]"""), "s").ReadOptions(CsvFormat.Csv);
        Assert.Equal(["""{"total":"12.50"}"""], (await DatasetText.ReadSampleAsync("input,total,due\nx,12.50,\n", options)).References);
        var missing = await Assert.ThrowsAsync<DatasetException>(() => DatasetText.ReadAsync("input,total\nx,1\n", options));
        Assert.Equal(DatasetProblems.MissingColumn, missing.Code);
    }

    [Theory]
    [InlineData(
        """{"task":"generation","model":"m","columns":{"reference":["a"]}}""",
        "$.columns.reference",
        "only for the task extraction"
    )]
    [InlineData("""{"task":"extraction","model":"m","columns":{"reference":[]}}""", "$.columns.reference", "from 1 to 100")]
    [InlineData("""{"task":"extraction","model":"m","columns":{"reference":7}}""", "$.columns.reference", "found a number")]
    [InlineData("""{"task":"extraction","model":"m","columns":{"reference":{"a":7}}}""", "$.columns.reference.a", "found a number")]
    [InlineData("""{"task":"extraction","model":"m","parsing":{"method":"text"}}""", "$.parsing.method", "must be json")]
    public void Spec_that_does_not_fit_is_refused_with_its_place(string spec, string path, string hint)
    {
        var exception = Assert.Throws<SpecException>(() => SpecReader.Read(spec, "s"));
        Assert.Equal(path, exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Canonical_form_of_several_fields_is_the_same_however_they_are_written()
    {
        var list = SpecReader.Read(WithReference("""["b","a"]"""), "s");
        var map = SpecReader.Read(WithReference("""{"a":"a","b":"b"}"""), "s");
        Assert.Equal(SpecReader.Canonical(list), SpecReader.Canonical(map));
        Assert.Equal(list.Columns.Reference, SpecReader.Read(SpecReader.Canonical(list), "s").Columns.Reference);
        Assert.Equal(["a", "b"], list.MetricSettings.Fields);
    }

    [Theory]
    [InlineData(" {\"b\": 1.0, \"a\": []}\n", """{"a":[],"b":1}""")]
    [InlineData("3", "3")]
    public void Answer_is_read_where_it_is_one_json_value(string text, string expected) =>
        Assert.Equal(new Parsed(expected), Parser.Parse(text));

    [Theory]
    [InlineData("```json\n{\"a\": 1}\n```", """{"a":1}""")]
    [InlineData("Here it is: [{\"a\": \"}\"}]. Good luck!", """[{"a":"}"}]""")]
    [InlineData("{\"a\":1} or {\"a\": 1.0}", """{"a":1}""")]
    [InlineData("{\"a\":1} or {\"a\":2}", null)]
    [InlineData("{a: 1}", null)]
    [InlineData("", null)]
    public void Other_answers_are_read_leniently_by_the_only_object_or_list(string text, string? expected)
    {
        Assert.IsType<Unparsable>(Parser.Parse(text));
        Assert.Equal(expected, Parser.ParseLeniently(text));
    }

    [Fact]
    public void Hostile_answer_takes_no_longer_than_its_length()
    {
        Assert.Null(Parser.ParseLeniently(new string('[', 1_000_000)));
        Assert.Null(Parser.ParseLeniently(string.Concat(Enumerable.Repeat("[}", 300_000))));
    }

    [Theory]
    [InlineData("""{"reference":{"b":1,"a":2},"prediction":{"a":2.0,"b":1}}""", true)]
    [InlineData("""{"reference":"{\"a\":2}","prediction":"{\"a\": 2}"}""", true)]
    [InlineData("""{"reference":{"a":2},"text":"{\"a\": 2}"}""", true)]
    [InlineData("""{"reference":{"a":2},"prediction":{"a":3}}""", false)]
    [InlineData("""{"references":["{\"a\":2}"],"outcome":"scored","prediction":"{\"a\":2}"}""", true)]
    public void Prediction_of_a_file_is_json_in_its_one_form(string line, bool isRight) =>
        Assert.Equal(isRight, new PredictionReader(SpecReader.Read(Spec, "s")).Read(line, 1)!.Candidate.IsRight);

    [Fact]
    public void Prediction_of_a_file_that_is_no_json_is_unparsable()
    {
        var row = new PredictionReader(SpecReader.Read(Spec, "s")).Read("""{"reference":{"a":2},"prediction":"two"}""", 1)!.Candidate;
        Assert.Equal((Outcome.Unparsable, null), (row.Outcome, row.Prediction));
    }

    [Fact]
    public void Json_is_a_method_of_extraction_alone() =>
        Assert.Equal(ParsingMethod.Json, ExtractionTask.Instance.ParsingMethodOf(new ParsingSpec()));

    private static DatasetReadOptions Options(string spec) => SpecReader.Read(spec, "s").ReadOptions(JsonlFormat.Instance);

    private static string WithReference(string columns) => $$$"""{"task":"extraction","model":"m","columns":{"reference":{{{columns}}}}}""";
}
