using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics.Graders;

/// <summary>Graders as the platforms define them. Expected values by hand from the platforms' reference pages.</summary>
public sealed class PlatformGraderTests
{
    private const string Check =
        """{"type":"string_check","name":"c","input":"{{sample.output_text}}","reference":"{{item.a}}","operation":"OP"}""";

    [Theory]
    [InlineData("eq", "Paris", "Paris", 1)]
    [InlineData("eq", "paris", "Paris", 0)]
    [InlineData("eq", "Paris ", "Paris", 0)]
    [InlineData("ne", "paris", "Paris", 1)]
    [InlineData("neq", "Paris", "Paris", 0)]
    [InlineData("like", "It is Paris.", "Paris", 1)]
    [InlineData("like", "It is paris.", "Paris", 0)]
    [InlineData("like", "Paris", "It is Paris.", 0)]
    [InlineData("ilike", "IT IS PARIS.", "Paris", 1)]
    [InlineData("ilike", "Größe", "GRÖSSE", 0)]
    [InlineData("ilike", "ÄPFEL", "äpfel", 1)]
    [InlineData("like", "anything", "", 1)]
    public void String_check_compares_as_the_operation_says(string operation, string answer, string reference, double expected) =>
        Assert.Equal(expected, Grade(Check.Replace("OP", operation, StringComparison.Ordinal), answer, reference).Score);

    [Theory]
    [InlineData("rouge_1", 2.0 / 3)]
    [InlineData("rouge_2", 0.5)]
    [InlineData("rouge_3", 0)]
    [InlineData("rouge_l", 2.0 / 3)]
    public void Rouge_is_the_f_measure_without_stemming(string measure, double expected) =>
        Assert.Equal(expected, Grade(Similarity(measure), "the cat sleeps", "the cat sat").Score!.Value, 12);

    [Theory]
    [MemberData(nameof(Measures))]
    public void Text_similarity_is_within_0_and_1_and_1_for_a_text_with_itself(string measure)
    {
        var spec = (TextSimilaritySpec)Single(Similarity(measure));
        Gen.Select(Gen.String[Gen.Char["ab cAB.1é"], 0, 40], Gen.String[Gen.Char["ab cAB.1é"], 0, 40])
            .Sample((first, second) => spec.Score(first, second) is >= 0 and <= 1);
        var text = "one two three four five six seven eight nine ten";
        // METEOR's penalty of one chunk of ten words is 0.5 × (1/10)³.
        Assert.Equal(measure == "meteor" ? 0.9995 : 1, spec.Score(text, text)!.Value, 9);
    }

    [Theory]
    [InlineData("fuzzy_match")]
    [InlineData("gleu")]
    [InlineData("rouge_1")]
    [InlineData("rouge_l")]
    public void Symmetric_measures_are_symmetric(string measure)
    {
        var spec = (TextSimilaritySpec)Single(Similarity(measure));
        Gen.Select(Gen.String[Gen.Char["ab cd."], 0, 40], Gen.String[Gen.Char["ab cd."], 0, 40])
            .Sample((first, second) => Math.Abs(spec.Score(first, second)!.Value - spec.Score(second, first)!.Value) < 1e-12);
    }

    [Fact]
    public void Texts_whose_comparison_would_take_too_long_have_no_grade()
    {
        var grade = Grade(Similarity("fuzzy_match"), new string('a', 200_000), new string('b', 200_000));

        Assert.Equal(GradeOutcome.NotGraded, grade.Outcome);
        Assert.StartsWith(GradeReasons.TooLong, grade.Reason, StringComparison.Ordinal);
    }

    /// <summary>An answer that is no JSON is wrong; a row without the field says nothing about the answer.</summary>
    [Fact]
    public void What_the_answer_lacks_is_wrong_and_what_the_row_lacks_is_no_grade()
    {
        var ofAnswer = Check
            .Replace("sample.output_text", "sample.output_json.x", StringComparison.Ordinal)
            .Replace("OP", "ne", StringComparison.Ordinal);
        var ofRow = Check.Replace("item.a", "item.b", StringComparison.Ordinal).Replace("OP", "eq", StringComparison.Ordinal);

        Assert.Equal(
            (GradeOutcome.Graded, 0.0, "missing_in_answer: There is no sample.output_json.x."),
            Told(Grade(ofAnswer, "no JSON", "a"))
        );
        Assert.Equal((GradeOutcome.NotGraded, null, "missing_in_row: There is no item.b."), Told(Grade(ofRow, "a", "a")));
    }

    [Fact]
    public void Multi_grader_computes_its_formula_from_the_logged_grades()
    {
        var metric = Create(Multi("0.25 * check + 0.75 * judge"));

        Assert.Equal(["grader.check", "grader.judge"], metric.Graders.Select(grader => grader.Name));
        var values = Samples.Values(
            metric,
            Graded(("check", Score(1)), ("judge", Score(0.5))),
            Graded(("check", Score(0)), ("judge", Score(1)))
        );
        Assert.Equal((0.625 + 0.75) / 2, values["grader_score"], 12);
        Assert.Equal(0.5, values["grader_pass_rate"], 12);
        Assert.Equal((0.5, 0.75), (values["grader_score[check]"], values["grader_score[judge]"]));
    }

    /// <summary>Neither a grade that is missing nor a formula without a value counts as 0.</summary>
    [Fact]
    public void Multi_grader_without_a_score_is_not_measured_and_counted_in_its_coverage()
    {
        var metric = Create(Multi("check / judge"));
        MetricSample[] samples =
        [
            Graded(("check", Score(1)), ("judge", Score(0.5))),
            Graded(("check", Score(1)), ("judge", Score(0))),
            Graded(("check", Score(1)), ("judge", new Grade { Outcome = GradeOutcome.Unparsable })),
            Graded(("check", Score(1)), ("judge", new Grade { Outcome = GradeOutcome.NotGraded })),
        ];

        Assert.Equal(2, Samples.Values(metric, samples)["grader_score"], 12);
        var coverage = Samples.Values(metric.Coverage!, samples);
        Assert.Equal((0.25, 0.25), (coverage["grader_coverage"], coverage["grader_unparsable_rate"]));
    }

    [Fact]
    public void Label_model_scores_a_passing_label_1_and_counts_each_label()
    {
        var metric = Create(
            """{"type":"label_model","name":"l","model":"judge","labels":["good","fair","bad"],"passing_labels":["good","fair"],"input":[{"role":"user","content":"{{sample.output_text}}"}]}"""
        );
        var values = Samples.Values(metric, [.. new[] { "good", "fair", "bad", "bad" }.Select(label => Graded("", Label(label)))]);

        Assert.Equal((0.5, 0.5), (values["grader_score"], values["grader_pass_rate"]));
        Assert.Equal((0.25, 0.25, 0.5), (values["grader_rate[good]"], values["grader_rate[fair]"], values["grader_rate[bad]"]));
    }

    /// <summary>As Azure's page has it: the output is truncated to the range.</summary>
    [Theory]
    [InlineData("""{"score": 7}""", 5.0)]
    [InlineData("-1", 0.0)]
    [InlineData("3.5", 3.5)]
    [InlineData("five", null)]
    public void Score_model_cuts_scores_at_its_range_and_takes_no_word_for_0(string reply, double? expected)
    {
        var spec = (TurnsSpec)Single(
            """{"type":"score_model","name":"s","model":"judge","range":[0,5],"input":[{"role":"user","content":[{"type":"input_text","text":"{{item.a}}"}]}],"sampling_params":{"seed":42,"temperature":1,"max_completions_tokens":64}}"""
        );

        Assert.Equal((42L, 1.0, 64), (spec.Seed, spec.Temperature, spec.MaxOutputTokens));
        var grade = JudgeReading.Read(spec, reply);
        Assert.Equal((expected, expected is null ? GradeOutcome.Unparsable : GradeOutcome.Graded), (grade.Score, grade.Outcome));
        Assert.EndsWith("The score is a number from 0 to 5.", spec.Render(Answer("x", "y"))[^1].Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"type":"python","name":"p","source":"def grade(sample, item): return 1"}""",
        "metrics[0].grader.type",
        "docs/graders.md"
    )]
    [InlineData("""{"type":"endpoint","name":"p","url":"https://example.com"}""", "metrics[0].grader.type", "app settings")]
    [InlineData("""{"type":"stringcheck"}""", "metrics[0].grader.type", "Did you mean string_check?")]
    [InlineData("""{"name":"x"}""", "metrics[0].grader.type", "is missing")]
    [InlineData("""{"type":"string_check","input":"a","reference":"b","operation":"equals"}""", "operation", "eq, ne")]
    [InlineData("""{"type":"string_check","input":"{{sample.text}}","reference":"b","operation":"eq"}""", "grader.input", "'sample.text'")]
    [InlineData(
        """{"type":"string_check","input":"a","reference":"b","operation":"eq","weight":1}""",
        "weight",
        "member of a string_check grader"
    )]
    [InlineData(
        """{"type":"text_similarity","input":"a","reference":"b","evaluation_metric":"cosine"}""",
        "evaluation_metric",
        "embeddings"
    )]
    [InlineData(
        """{"type":"text_similarity","input":"a","reference":"b","evaluation_metric":"bert"}""",
        "evaluation_metric",
        "fuzzy_match"
    )]
    [InlineData("""{"type":"score_model","model":"m","input":"text"}""", "grader.input", "a list")]
    [InlineData(
        """{"type":"score_model","model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://x"}]}]}""",
        "type",
        "text parts"
    )]
    [InlineData("""{"type":"score_model","model":"m","input":[{"content":"x"}],"range":[1,0]}""", "range", "lowest and the highest")]
    [InlineData("""{"type":"score_model","input":[{"content":"x"}]}""", "grader.model", "is missing")]
    [InlineData(
        """{"type":"label_model","model":"m","labels":["a"],"passing_labels":["b"],"input":[{"content":"x"}]}""",
        "passing_labels",
        "label of this grader"
    )]
    [InlineData("""{"type":"multi","graders":{"a":{"type":"python"}},"calculate_output":"a"}""", "graders.a.type", "docs/graders.md")]
    [InlineData("""{"type":"multi","graders":{"a-b":{"type":"python"}},"calculate_output":"a"}""", "graders.a-b", "letters, digits")]
    [InlineData("""{"type":"multi","graders":{},"calculate_output":"1"}""", "graders", "at least one")]
    [InlineData(
        """{"type":"multi","graders":{"a":{"type":"string_check","input":"a","reference":"b","operation":"eq"}},"calculate_output":"a +"}""",
        "calculate_output",
        "no formula"
    )]
    [InlineData("""{"type":"multi","graders":{"a":{"type":"multi"}},"calculate_output":"a"}""", "graders.a.type", "string_check")]
    [InlineData("""{"type":"http","name":"h"}""", "endpoint", "Graders__Http__{name}__Url")]
    public void What_cannot_be_graded_is_refused_with_place_and_fix(string grader, string place, string told)
    {
        var refused = Assert.Throws<OptionException>(() => Create(grader));

        Assert.Contains(place, refused.Path, StringComparison.Ordinal);
        Assert.Contains(told, refused.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Signature_changes_with_what_the_number_depends_on_and_not_with_names()
    {
        var first = Create(Check.Replace("OP", "eq", StringComparison.Ordinal));

        Assert.Equal(
            first.Signature,
            Create(Check.Replace("OP", "eq", StringComparison.Ordinal).Replace("\"c\"", "\"other\"", StringComparison.Ordinal)).Signature
        );
        Assert.NotEqual(first.Signature, Create(Check.Replace("OP", "ne", StringComparison.Ordinal)).Signature);
        Assert.NotEqual(
            first.Signature,
            Create(Check.Replace("OP", "eq", StringComparison.Ordinal).Replace("item.a", "item.b", StringComparison.Ordinal)).Signature
        );
    }

    public static TheoryData<string> Measures() => [.. TextSimilaritySpec.Measures];

    private static (GradeOutcome, double?, string?) Told(Grade grade) => (grade.Outcome, grade.Score, grade.Reason);

    private static Grade Score(double score) => new() { Outcome = GradeOutcome.Graded, Score = score };

    private static Grade Label(string label) => new() { Outcome = GradeOutcome.Graded, Label = label };

    private static MetricSample Graded(params (string Key, Grade Grade)[] grades) =>
        new() { References = [], Grades = grades.ToDictionary(grade => $"grader.{grade.Key}", grade => grade.Grade) };

    private static MetricSample Graded(string _, Grade grade) =>
        new()
        {
            References = [],
            Grades = new Dictionary<string, Grade> { ["grader"] = grade },
        };

    private static string Multi(string formula) =>
        $$"""
            {"type":"multi","name":"m","pass_threshold":0.7,"calculate_output":"{{formula}}","graders":{
              "check":{{Check.Replace("OP", "eq", StringComparison.Ordinal)}},
              "judge":{"type":"score_model","name":"s","model":"judge","input":[{"role":"user","content":"x"}]} } }
            """;

    private static string Similarity(string measure) =>
        $$$"""{"type":"text_similarity","name":"t","input":"{{sample.output_text}}","reference":"{{item.a}}","evaluation_metric":"{{{measure}}}","pass_threshold":0.5}""";

    private static Metric Create(string grader) =>
        Samples.Create(GenerationTask.Instance, "grader", ("grader", JsonDocument.Parse(grader).RootElement));

    private static GraderSpec Single(string grader) => Assert.Single(Create(grader).Graders);

    private static Grade Grade(string grader, string answer, string reference) =>
        TextGrading.Grade((TextGraderSpec)Single(grader), Answer(answer, reference));

    private static GradedAnswer Answer(string answer, string reference) =>
        new(
            new Sample
            {
                Id = "s",
                Offset = 0,
                References = [reference],
                Fields = JsonSerializer.SerializeToElement(new { a = reference }),
            },
            answer
        );
}
