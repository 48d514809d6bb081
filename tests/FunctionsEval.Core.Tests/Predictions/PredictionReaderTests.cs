using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Predictions;

/// <summary>
/// Answers from a file. Oracle: how the app reads the same fields of a dataset (<see cref="DatasetReader"/>), and counts by hand.
/// </summary>
public sealed class PredictionReaderTests
{
    private static readonly EvaluationSpec Generation = Spec("""{"task":"generation","model":"m","metrics":["exact_match"]}""");
    private static readonly EvaluationSpec Graded = Spec(
        """
        {"task":"generation","model":"m","metrics":["exact_match",
            {"name":"judge","model":"j","labels":["good","bad"]},
            {"name":"judge","model":"j","scale":[1,5.5],"prefix":"scale_"},
            {"name":"semantic_similarity","model":"e"}]}
        """
    );
    private static readonly EvaluationSpec Labels = Spec(
        """{"task":"classification","model":"m","labels":["a","b"],"metrics":["accuracy","f1"]}"""
    );

    [Theory]
    [InlineData("""{"text":"true","label":true}""")]
    [InlineData("""{"prediction":true,"label":"true"}""")]
    [InlineData("""{"text":"true","references":[true]}""")]
    [InlineData("""{"text":true,"item":{"label":true}}""")]
    public void Boolean_is_the_text_that_a_dataset_has_for_it(string line)
    {
        var row = Read(line, Spec("""{"task":"classification","model":"m","labels":["true","false"],"metrics":["accuracy"]}"""));

        Assert.Equal((Outcome.Scored, "true", "true"), (row.Outcome, row.Prediction, Assert.Single(row.References)));
    }

    [Theory]
    [InlineData("""{"prediction":7,"reference":7}""", "7")]
    [InlineData("""{"prediction":1.50,"reference":1.50}""", "1.50")]
    [InlineData("""{"prediction":"1e3","reference":1e3}""", "1e3")]
    public void Number_is_read_as_it_is_written(string line, string expected)
    {
        var row = Read(line, Generation);

        Assert.Equal((expected, expected), (row.Prediction, row.References[0]));
    }

    [Theory]
    [InlineData("""{"text":"x","reference":null,"expected":"x"}""")]
    [InlineData("""{"text":"x","references":null,"reference":null,"ideal":"x"}""")]
    [InlineData("""{"prediction":null,"text":"x","label":"x"}""")]
    [InlineData("""{"prediction":"x","answers":{"text":["x"],"answer_start":[1]}}""")]
    [InlineData("""{"item":{"ideal":"x"},"sample":{"output_text":"x","choices":[]}}""")]
    [InlineData(
        """{"prediction":"x","reference":"x","logProbability":null,"logProbabilityTokens":null,"choices":null,"grades":null,"labelProbabilities":null,"unresolvedLabelMass":null,"repeat":null,"id":null,"tags":null,"outcome":null,"lenientPrediction":null,"candidate":null,"baseline":null,"leak":null,"offset":null}"""
    )]
    public void Null_is_absent(string line)
    {
        var row = Read(line, Generation);

        Assert.Equal((Outcome.Scored, "x", "x", "1"), (row.Outcome, row.Prediction, Assert.Single(row.References), row.Id));
        Assert.Null(row.LogProbability);
    }

    /// <summary>The oracle is the app's own reader of the same row.</summary>
    [Theory]
    [InlineData("""{"text":"x","reference":"a","expected":"b"}""")]
    [InlineData("""{"text":"x","label":"a","ideal":"b"}""")]
    [InlineData("""{"text":"x","references":["a"],"reference":"b"}""")]
    [InlineData("""{"text":"x","references":["a"],"label":"b"}""")]
    [InlineData("""{"text":"x","answers":[{"text":"a"},{"text":"b"}],"label":null}""")]
    [InlineData("""{"text":"x","answers":[],"is_impossible":true}""")]
    public async Task Of_several_references_the_one_is_taken_that_a_dataset_has(string line)
    {
        var sample = await Datasets.DatasetText.ReadSampleAsync(line, Generation.ReadOptions(JsonlFormat.Instance));
        Assert.Equal(sample.References, Read(line, Generation).References);
    }

    /// <summary>The oracle is the app's own reader of the same row.</summary>
    [Theory]
    [InlineData("""{"label":"A"}""", MalformedReasons.UnknownLabel)]
    [InlineData("""{"label":"c"}""", MalformedReasons.UnknownLabel)]
    [InlineData("""{"label":["a","b"]}""", MalformedReasons.SeveralReferences)]
    [InlineData("""{"label":{"name":"a"}}""", MalformedReasons.WrongType)]
    [InlineData("""{"label":[["a"]]}""", MalformedReasons.WrongType)]
    [InlineData("""{"label":[null]}""", MalformedReasons.WrongType)]
    [InlineData("""{"label":[]}""", MalformedReasons.MissingReference)]
    [InlineData("""{"label":" "}""", MalformedReasons.MissingReference)]
    [InlineData("""{"label":"a","id":{"n":1}}""", MalformedReasons.WrongType)]
    [InlineData("""{"label":"a","tags":["de"]}""", MalformedReasons.WrongType)]
    [InlineData("""{"label":"a","tags":{"lang":{"n":1}}}""", MalformedReasons.WrongType)]
    public async Task Reference_that_the_app_does_not_take_makes_the_row_malformed_here_too(string line, string reason)
    {
        var ofApp = Assert.IsType<MalformedRow>(await FromDatasetAsync(line));
        var row = Read(string.Concat("""{"prediction":"a",""", line.AsSpan(1)), Labels);

        Assert.Equal((reason, Outcome.MalformedSample), (ofApp.Reason, row.Outcome));
        Assert.StartsWith($"{ofApp.Reason}: {ofApp.Message}", row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"label":" a"}""", "a")]
    [InlineData("""{"label":["b"]}""", "b")]
    public async Task Reference_that_the_app_takes_is_the_same_here(string line, string expected)
    {
        var sample = Assert.IsType<ValidRow>(await FromDatasetAsync(line)).Sample;
        var row = Read(string.Concat("""{"prediction":"a",""", line.AsSpan(1)), Labels);

        Assert.Equal((expected, expected), (sample.References[0], row.References[0]));
    }

    [Fact]
    public void Fields_that_the_spec_names_are_those_of_the_rows_and_not_of_a_runs_lines()
    {
        var spec = Spec(
            """{"task":"generation","model":"m","metrics":["exact_match"],"columns":{"reference":"gold","tags":["lang"]},"slices":["lang"]}"""
        );

        var row = Read("""{"prediction":"x","gold":"y","reference":"z","lang":"de"}""", spec);
        var ofRun = Read(
            """{"references":["y"],"gold":"z","tags":{"lang":"fr"},"candidate":{"outcome":"scored","prediction":"x"}}""",
            spec
        );

        Assert.Equal(("y", "de", "y", "fr"), (row.References[0], row.Tags!["lang"], ofRun.References[0], ofRun.Tags!["lang"]));
    }

    [Fact]
    public void Reference_is_normalised_as_a_run_does_it()
    {
        var row = Read(
            """{"text":"7","reference":"+07"}""",
            Spec("""{"task":"generation","model":"m","metrics":["exact_match"],"parsing":{"method":"integer"}}""")
        );

        Assert.Equal(("7", "7"), (row.Prediction, row.References[0]));
    }

    [Fact]
    public void Malformed_rows_count_as_such_and_in_no_number_and_a_warning_names_the_first()
    {
        var reader = new PredictionReader(Labels);
        string[] lines = ["""{"text":"a","label":"A"}""", """{"text":"b","label":"b"}""", """{"text":"b","label":"C"}"""];

        var result = OfflineScore.Compute(Labels, lines.Select((line, index) => reader.Read(line, index + 1)!));

        Assert.Equal((2L, 1L), (result.Outcomes["candidate"].MalformedSample, result.Outcomes["candidate"].Scored));
        Assert.Equal(1, result.Metrics.Single(line => line is { Name: "accuracy", Slice: "all" }).Value);
        Assert.Contains(
            "2 rows are no samples and count in no number, the first at line 1: unknown_label: The reference in label is not among the spec's labels.",
            result.Warnings[0],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"prediction":{"a":1},"reference":"x"}""", "'prediction' must be a string, a number or a boolean")]
    [InlineData("""{"prediction":["x"],"reference":"x"}""", "'prediction'")]
    [InlineData("""{"text":{"label":"x"},"reference":"x"}""", "'text'")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":"NaN"}""", "'logProbability' must be a number")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":true}""", "'logProbability'")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":-1e999}""", "'logProbability'")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":-1e300}""", "'logProbability'")]
    [InlineData("""{"prediction":"x","reference":"x","logProbabilityTokens":1.5}""", "'logProbabilityTokens' must be a whole number")]
    [InlineData("""{"prediction":"x","reference":"x","logProbabilityTokens":"3"}""", "'logProbabilityTokens'")]
    [InlineData("""{"prediction":"x","reference":"x","logProbabilityTokens":99999999999}""", "'logProbabilityTokens'")]
    [InlineData("""{"prediction":"x","reference":"x","repeat":"first"}""", "'repeat'")]
    [InlineData("""{"prediction":"x","reference":"x","repeat":-1}""", "'repeat'")]
    [InlineData("""{"prediction":"x","reference":"x","grades":{"judge":null}}""", "'grades'")]
    [InlineData("""{"prediction":"x","reference":"x","grades":[1]}""", "'grades'")]
    [InlineData("""{"prediction":"x","reference":"x","labelProbabilities":{"a":"x"}}""", "'labelProbabilities'")]
    [InlineData("""{"prediction":"x","reference":"x","labelProbabilities":{"a":-1}}""", "'labelProbabilities'")]
    [InlineData("""{"prediction":"x","reference":"x","outcome":"won"}""", "'outcome' must be one of scored")]
    [InlineData("""{"prediction":"x","reference":"x","outcome":{}}""", "'outcome'")]
    [InlineData(
        """{"prediction":"x","reference":null}""",
        "has no reference. Give one of expected, ideal, reference, references, label, expected_output, reference_answer, preferred_output, answers.text."
    )]
    [InlineData("""{"prediction":null,"reference":"x"}""", "has no answer. Give 'prediction'")]
    [InlineData("""{"references":["x"],"candidate":{"outcome":"scored"}}""", "has no answer")]
    [InlineData("""{"candidate":{"outcome":"scored","prediction":"x"}}""", "has no reference")]
    [InlineData("""{"references":["x"],"candidate":{"outcome":"scored","prediction":[]}}""", "'candidate.prediction'")]
    [InlineData("""{"references":["x"],"candidate":{"prediction":"x"},"baseline":{"prediction":{}}}""", "'baseline.prediction'")]
    [InlineData("""["prediction"]""", "Each line must be one JSON object")]
    [InlineData("null", "Each line must be one JSON object")]
    public void Field_of_another_type_is_an_error_that_names_it(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<PredictionException>(() => Read(line, Generation)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"prediction":"\ud83d","reference":"x"}""", 15, "at 'prediction': ")]
    [InlineData("""{"prediction":"é","reference":"\udc00x"}""", 31, "at 'reference': ")]
    [InlineData("""{"prediction":"x","reference":"x","a\ud800":1}""", 35, "half a surrogate pair")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":NaN}""", 52, "at 'logProbability': ")]
    [InlineData("""{"prediction":"x","reference":"x","logProbability":-Infinity}""", 53, "at 'logProbability': ")]
    [InlineData("""{"prediction":"x" """, 19, "not valid JSON")]
    public void Text_that_does_not_exist_and_a_number_that_is_no_json_are_errors_with_their_column_and_field(
        string line,
        int column,
        string expected
    )
    {
        var error = Assert.Throws<PredictionException>(() => Read(line, Generation));

        Assert.Equal(column, error.Column);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Each made the score end with an exception of the metric, which knew neither line nor field.</summary>
    [Theory]
    [InlineData(
        """{"prediction":"x","reference":"x","grades":{"judge":{"outcome":"graded","label":"odd"}}}""",
        "'grades.judge' must have one of the judge's labels: good, bad."
    )]
    [InlineData("""{"prediction":"x","reference":"x","grades":{"judge":{"outcome":"graded","score":4}}}""", "'grades.judge'")]
    [InlineData(
        """{"prediction":"x","reference":"x","grades":{"scale_judge":{"outcome":"graded","label":"good"}}}""",
        "'grades.scale_judge' must have a score of the judge's scale, from 1 to 5.5."
    )]
    [InlineData("""{"prediction":"x","reference":"x","grades":{"scale_judge":{"outcome":"graded","score":6}}}""", "'grades.scale_judge'")]
    [InlineData(
        """{"prediction":"x","reference":"x","grades":{"semantic_similarity":{"outcome":"graded"}}}""",
        "'grades.semantic_similarity' must have a score from -1 to 1."
    )]
    [InlineData(
        """{"references":["x"],"candidate":{"prediction":"x","grades":{"judge":{"outcome":"graded"}}}}""",
        "'candidate.grades.judge'"
    )]
    public void Grade_that_a_grader_of_the_spec_does_not_give_is_an_error_that_names_it(string line, string expected)
    {
        var error = Assert.Throws<PredictionException>(() => new PredictionReader(Graded).Read(line, 7));

        Assert.Equal(7, error.Line);
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"judge":{"outcome":"graded","label":"bad"},"scale_judge":{"outcome":"graded","score":5.5}}""")]
    [InlineData("""{"judge":{"outcome":"judge_unparsable"},"scale_judge":{"outcome":"not_graded"}}""")]
    [InlineData("""{"another":{"outcome":"graded","label":"odd"}}""")]
    public void Grade_that_fits_and_one_of_another_spec_are_scored(string grades)
    {
        var line = $$"""{"prediction":"x","reference":"x","grades":{{grades}}}""";

        var result = OfflineScore.Compute(Graded, [new PredictionReader(Graded).Read(line, 1)!]);

        Assert.Equal(1, result.Outcomes["candidate"].Scored);
    }

    /// <summary>A log probability without a text is that of the reference, which therefore must be there.</summary>
    [Theory]
    [InlineData("""{"logProbability":-1,"logProbabilityTokens":1,"references":[]}""")]
    [InlineData("""{"logProbability":-1,"logProbabilityTokens":1,"reference":""}""")]
    [InlineData("""{"references":[],"candidate":{"outcome":"scored","logProbability":-1,"logProbabilityTokens":1}}""")]
    public void Log_probability_of_no_reference_is_not_measured(string line)
    {
        var row = Read(line, Spec("""{"task":"language_modelling","model":"m","metrics":["perplexity"]}"""));

        Assert.Equal((Outcome.MalformedSample, false), (row.Outcome, row.IsMeasured));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("""{"session":"opened","process":"p"}""")]
    [InlineData("""{"id":"1","ordinal":0,"line":1,"offset":0,"outcome":"scored","references":["x"],"prediction":"x","isPartial":true}""")]
    public void Line_that_holds_no_answer_is_none(string line) => Assert.Null(new PredictionReader(Generation).Read(line, 1));

    [Theory]
    [InlineData("""{"references":[],"candidate":{"outcome":"malformed_sample","reason":"wrong_type: x"}}""", Outcome.MalformedSample)]
    [InlineData("""{"candidate":{"outcome":"exhausted"}}""", Outcome.Exhausted)]
    [InlineData("""{"references":["c"],"outcome":"rejected","ordinal":1}""", Outcome.Rejected)]
    public void Line_of_a_run_without_an_answer_needs_no_reference(string line, Outcome expected) =>
        Assert.Equal(expected, Read(line, Labels).Outcome);

    [Fact]
    public void Fields_that_mean_something_else_in_a_dataset_are_not_looked_at()
    {
        var row = Read(
            """{"prediction":"x","reference":"x","candidate":"no object","baseline":7,"choices":["x","y"],"leak":"gas","extra":{"deep":[1]}}""",
            Generation
        );

        Assert.Equal(("x", Outcome.Scored), (row.Prediction, row.Outcome));
    }

    [Fact]
    public void Samples_whose_ids_repeat_are_told_apart_by_their_line()
    {
        var reader = new PredictionReader(Generation);
        var rows = Enumerable
            .Range(1, 2)
            .Select(line => reader.Read("""{"id":"same","prediction":"x","reference":"x"}""", line)!.Candidate)
            .ToList();

        Assert.Equal(("same", "same"), (rows[0].Id, rows[1].Id));
        Assert.NotEqual(rows[0].Offset, rows[1].Offset);
    }

    [Theory]
    [InlineData("""{"prediction":"x"}""")]
    [InlineData("""{"references":[],"candidate":{"outcome":"scored","prediction":"x"}}""")]
    public void Answer_without_a_reference_is_scored_where_no_metric_needs_one(string line)
    {
        var row = Read(line, Spec("""{"task":"generation","model":"m","metrics":["unparsable_rate"]}"""));
        Assert.True(row.IsMeasured);
        Assert.Empty(row.References);
        Assert.Equal("x", row.Prediction);
    }

    /// <summary>Rows of an eval with the answer of an earlier run are graded without any model.</summary>
    [Fact]
    public void Graders_that_need_no_call_grade_the_rows_of_a_file()
    {
        var spec = SpecReader.Read(
            """
            {"task":"generation","model":"m","metrics":[{"name":"grader","grader":{"type":"string_check","name":"s",
              "input":"{{sample.output_json.unit}}","reference":"{{item.unit}}","operation":"eq"}}]}
            """,
            "evaluation.json"
        );

        double? Score(string answer) =>
            Read(
                System.Text.Json.JsonSerializer.Serialize(
                    new
                    {
                        item = new
                        {
                            input = "i",
                            ideal = "i",
                            unit = "km",
                        },
                        sample = new { output_text = answer },
                    }
                ),
                spec
            )
                .Grades!["grader"]
                .Score;
        Assert.Equal((1.0, 0.0, 0.0), (Score("""{"unit":"km"}"""), Score("""{"unit":"m"}"""), Score("km")));
    }

    private static EvaluatedSample Read(string line, EvaluationSpec spec) => new PredictionReader(spec).Read(line, 1)!.Candidate;

    private static async Task<DatasetRow> FromDatasetAsync(string line)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(line));
        var options = Labels.ReadOptions(JsonlFormat.Instance) with { RequireInput = false };
        return (
            await options
                .CreateReader()
                .ReadAsync(stream, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken)
        ).Single();
    }

    private static EvaluationSpec Spec(string json) => SpecReader.Read(json, "evaluation.json");
}
