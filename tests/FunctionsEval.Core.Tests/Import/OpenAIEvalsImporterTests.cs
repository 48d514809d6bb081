using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Import;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Import;

/// <summary>Evals as the API's reference describes them.</summary>
public sealed class OpenAIEvalsImporterTests
{
    private const string Schema = """
        "data_source_config": { "type": "custom", "include_sample_schema": true, "item_schema": { "type": "object", "properties": {
            "ticket": { "type": "string" }, "category": { "type": "string", "enum": ["hardware", "software", "other"] }, "answer": { "type": "string" } } } }
        """;

    private const string Run = """
        { "object": "eval.run", "model": "gpt-4.1-mini", "data_source": { "type": "completions", "model": "gpt-4.1-mini",
          "input_messages": { "type": "template", "template": [
            { "role": "developer", "content": "Answer with one word." },
            { "role": "user", "content": { "type": "input_text", "text": "Ticket: {{ item.ticket }}" } } ] },
          "sampling_params": { "temperature": 0.3, "max_completion_tokens": 12, "seed": 7 } } }
        """;

    [Fact]
    public void String_check_on_an_enum_is_a_classification_with_the_runs_prompt()
    {
        var spec = Read(
            Import(
                """{ "type": "string_check", "name": "Category", "input": "{{ sample.output_text }}", "operation": "eq", "reference": "{{item.category}}" }"""
            )
        );

        Assert.Equal((ClassificationTask.Instance, "gpt-4.1-mini", "IT tickets"), (spec.Task, spec.Model, spec.Name));
        Assert.Equal(["hardware", "software", "other"], spec.Labels);
        Assert.Equal(["accuracy", "f1", "exact_match"], spec.Metrics.Select(metric => metric.Name));
        Assert.Equal(
            ("Answer with one word.", "Ticket: {{ ticket }}", "category"),
            (spec.Prompt.System, spec.Prompt.User, spec.Columns.Reference)
        );
        Assert.Equal((0.3, 12, 7L), (spec.Sampling.Temperature, spec.Sampling.MaxOutputTokens, spec.Sampling.Seed));
    }

    [Fact]
    public void Text_similarity_becomes_the_metric_and_its_threshold_a_rule()
    {
        var result = Import(
            """
            { "type": "text_similarity", "name": "Bleu", "input": "{{sample.output_text}}", "reference": "{{ item.answer }}", "evaluation_metric": "bleu", "pass_threshold": 0.3 },
            { "type": "text_similarity", "name": "Rouge", "input": "{{sample.output_text}}", "reference": "{{ item.answer }}", "evaluation_metric": "rouge_l", "pass_threshold": 0.5 },
            { "type": "string_check", "name": "Mentions", "input": "{{sample.output_text}}", "operation": "ilike", "reference": "{{ item.answer }}" }
            """
        );
        var spec = Read(result);

        Assert.Equal(GenerationTask.Instance, spec.Task);
        Assert.Equal(["bleu", "rouge", "contains"], spec.Metrics.Select(metric => metric.Name));
        Assert.Equal([("bleu", 30.0), ("rougeL", 0.5)], spec.Gate!.Rules.Cast<MinimumRule>().Select(rule => (rule.Metric, rule.Minimum)));
        Assert.Equal(2, result.Notes.Count(note => note.Contains("pass_threshold", StringComparison.Ordinal)));
    }

    [Fact]
    public void Model_graders_become_judges_that_are_told_how_to_reply()
    {
        var spec = Read(
            Import(
                """
                { "type": "label_model", "name": "Tone", "model": "gpt-4.1", "labels": ["kind", "rude"], "passing_labels": ["kind"],
                  "input": [ { "role": "developer", "content": "Classify the tone." }, { "role": "user", "content": "{{ sample.output_text }}" } ] },
                { "type": "score_model", "name": "Help", "model": "gpt-4.1", "range": [1, 7], "pass_threshold": 5,
                  "input": [ { "role": "user", "content": [ { "type": "input_text", "text": "Ticket {{item.ticket}}: {{sample.output_text}}" } ] } ] }
                """
            )
        );

        Assert.Equal(["judge", "judge"], spec.Metrics.Select(metric => metric.Name));
        Assert.Equal(
            "Classify the tone.\n\n{{ answer }}\n\nReply with {\"label\": \"…\"} and nothing else. The label is one of: kind, rude.",
            spec.Metrics[0].Options["rubric"].GetString()
        );
        Assert.Equal(("tone_", "help_"), (spec.Metrics[0].Options["prefix"].GetString(), spec.Metrics[1].Options["prefix"].GetString()));
        Assert.StartsWith("Ticket {{ ticket }}: {{ answer }}", spec.Metrics[1].Options["rubric"].GetString(), StringComparison.Ordinal);
        Assert.Equal(new MinimumRule { Metric = "help_judge_score", Minimum = 5 }, spec.Gate!.Rules[0]);
    }

    [Fact]
    public void Without_a_run_the_prompt_is_the_input_field_and_the_model_must_be_given()
    {
        const string Eval = """
            { "data_source_config": { "type": "custom", "item_schema": { "type": "object", "properties": { "input": {}, "ideal": {} } } },
              "testing_criteria": [ { "type": "string_check", "name": "m", "input": "{{ sample.output_text }}", "operation": "eq", "reference": "{{ item.ideal }}" } ] }
            """;
        var spec = Read(OpenAIEvalsImporter.Import(new ImportSource { Eval = Eval, Model = "my-tuned" }));
        Assert.Equal(("my-tuned", "input", "ideal"), (spec.Model, spec.Columns.Input, spec.Columns.Reference));
        Assert.Contains(
            "--model",
            Assert.Throws<ImportException>(() => OpenAIEvalsImporter.Import(new ImportSource { Eval = Eval })).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A grader that is none of the app's own metrics is kept as it is, and computed as the platform does.</summary>
    [Fact]
    public void Graders_without_a_counterpart_are_kept_as_they_are()
    {
        var result = Import(
            """
            { "type": "string_check", "name": "Exact", "input": "{{sample.output_text}}", "operation": "eq", "reference": "{{ item.answer }}" },
            { "type": "text_similarity", "name": "Fuzzy", "input": "{{sample.output_text}}", "reference": "{{ item.answer }}", "evaluation_metric": "fuzzy_match", "pass_threshold": 0.8 },
            { "type": "string_check", "name": "Not", "input": "{{sample.output_text}}", "operation": "ne", "reference": "{{ item.answer }}" },
            { "type": "string_check", "name": "Fixed", "input": "{{sample.output_text}}", "operation": "eq", "reference": "yes" },
            { "type": "string_check", "name": "Part", "input": "{{sample.output_json.x}}", "operation": "eq", "reference": "{{ item.answer }}" },
            { "type": "string_check", "name": "Other", "input": "{{sample.output_text}}", "operation": "eq", "reference": "{{ item.category }}" },
            { "type": "multi", "name": "Both", "calculate_output": "(a + b) / 2", "graders": {
              "a": { "type": "string_check", "name": "a", "input": "{{sample.output_text}}", "operation": "like", "reference": "{{ item.answer }}" },
              "b": { "type": "text_similarity", "name": "b", "input": "{{sample.output_text}}", "reference": "{{ item.answer }}", "evaluation_metric": "meteor" } } }
            """
        );
        var spec = Read(result);

        Assert.Equal("answer", spec.Columns.Reference);
        Assert.Equal(["exact_match", .. Enumerable.Repeat("grader", 6)], spec.Metrics.Select(metric => metric.Name));
        Assert.Equal(
            ["fuzzy_", "not_", "fixed_", "part_", "other_", "both_"],
            spec.Metrics.Skip(1).Select(metric => metric.Options["prefix"].GetString())
        );
        Assert.Equal(new MinimumRule { Metric = "fuzzy_grader_score", Minimum = 0.8 }, Assert.Single(spec.Gate!.Rules));
    }

    [Fact]
    public void Everything_that_cannot_be_computed_is_named_at_once()
    {
        var error = Assert.Throws<ImportException>(() =>
            Import(
                """
                { "type": "python", "name": "Custom", "source": "def grade(sample, item): return 1" },
                { "type": "text_similarity", "name": "Cosine", "input": "{{sample.output_text}}", "reference": "{{ item.answer }}", "evaluation_metric": "cosine", "pass_threshold": 0.8 }
                """
            )
        );

        Assert.Contains("'Custom': type 'python'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Cosine'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "is empty")]
    [InlineData("{", "line 1")]
    [InlineData("{}", "there is no grader")]
    [InlineData("""{ "data_source_config": { "type": "logs" }, "testing_criteria": [] }""", "'logs'")]
    public void What_is_no_eval_is_told(string eval, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<ImportException>(() => OpenAIEvalsImporter.Import(new ImportSource { Eval = eval, Model = "m" })).Message,
            StringComparison.Ordinal
        );

    private static ImportResult Import(string criteria) =>
        OpenAIEvalsImporter.Import(
            new ImportSource
            {
                Eval = $$"""{ "object": "eval", "name": "IT tickets", {{Schema}}, "testing_criteria": [ {{criteria}} ] }""",
                Run = Run,
            }
        );

    private static EvaluationSpec Read(ImportResult result) => SpecReader.Read(result.Spec, "evaluation.json");
}
