using System.Text.Json.Nodes;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Import;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Import;

/// <summary>
/// Evals, runs and output items as the API returns them. Oracle: the response types of openai-python and the response examples of
/// openai-openapi, both of August 2026 (<c>EvalRetrieveResponse</c>, <c>RunRetrieveResponse</c>, <c>OutputItemListResponse</c>).
/// </summary>
public sealed class SavedEvalTests
{
    private const string Check =
        """{ "name": "Match", "id": "Match-2eaf2d8d", "type": "string_check", "input": "{{sample.output_text}}", "reference": "{{item.team}}", "operation": "eq" }""";

    private const string Properties = """{ "mail": { "type": "string" }, "team": { "type": "string", "enum": ["sales", "support"] } }""";

    private static readonly string Eval = EvalWith("eval_1", "Mail", Properties, Check);

    private static readonly string Run = RunWith(
        "evalrun_1",
        10,
        """{ "type": "file_content", "content": [ { "item": { "mail": "Price?", "team": "sales" } }, { "item": { "mail": "Broken!", "team": "support" }, "sample": { "output_text": "sales" } } ] }""",
        """{ "seed": 42, "temperature": 0.2, "top_p": null, "max_completions_tokens": 2048, "reasoning_effort": "high", "response_format": { "type": "json_schema", "json_schema": { "name": "x", "schema": {} } }, "tools": [ { "type": "function", "function": { "name": "f" } } ] }"""
    );

    [Fact]
    public void Eval_as_the_api_returns_it_is_the_classification_that_it_was_created_as()
    {
        var result = Import(Eval, Run);
        var spec = Spec(result);

        Assert.Equal(
            (ClassificationTask.Instance, "Mail", "gpt-4o-mini", "team"),
            (spec.Task, spec.Name, spec.Model, spec.Columns.Reference)
        );
        Assert.Equal(["sales", "support"], spec.Labels);
        Assert.Equal(("Which team?", "Mail: {{ mail }}"), (spec.Prompt.System, spec.Prompt.User));
        Assert.Equal(
            (0.2, 2048, 42L, (double?)null),
            (spec.Sampling.Temperature, spec.Sampling.MaxOutputTokens, spec.Sampling.Seed, spec.Sampling.TopP)
        );
    }

    [Fact]
    public void What_has_no_counterpart_is_named_in_a_note_each()
    {
        var notes = Import(Eval, Run).Notes;

        foreach (
            var name in new[]
            {
                "sampling_params.reasoning_effort",
                "sampling_params.response_format",
                "sampling_params.tools",
                "source.file_content",
            }
        )
        {
            Assert.Single(notes, note => note.StartsWith(name, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(
            notes,
            note => note.Contains("top_p", StringComparison.Ordinal) || note.Contains("metadata", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Rows_in_the_run_are_the_dataset_as_they_are()
    {
        var rows = Import(Eval, Run).Rows;

        Assert.Equal(
            [
                """{"item":{"mail":"Price?","team":"sales"}}""",
                """{"item":{"mail":"Broken!","team":"support"},"sample":{"output_text":"sales"}}""",
            ],
            rows
        );
    }

    [Fact]
    public void Without_a_run_the_only_field_beside_the_reference_is_the_prompt()
    {
        var spec = Spec(Import(Eval, null, "my-tuned"));

        Assert.Equal(
            ("my-tuned", "mail", "team", ClassificationTask.Instance),
            (spec.Model, spec.Columns.Input, spec.Columns.Reference, spec.Task)
        );
    }

    [Fact]
    public void Without_a_run_fields_among_which_the_prompt_is_not_told_are_named()
    {
        var eval = EvalWith(
            "eval_1",
            "Mail",
            """{ "mail": { "type": "string" }, "subject": { "type": "string" }, "team": { "type": "string" } }""",
            Check
        );

        Assert.Contains(
            "(the item has mail, subject)",
            Assert.Throws<ImportException>(() => Import(eval, null, "m")).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Fields as pydantic's schemas write them: a reference to a definition, an alternative to null, constants; numbers are labels as a
    /// dataset has them.
    /// </summary>
    [Theory]
    [InlineData("""{ "$ref": "#/$defs/Team" }""", "sales,support")]
    [InlineData("""{ "allOf": [ { "$ref": "#/$defs/Team" } ] }""", "sales,support")]
    [InlineData("""{ "anyOf": [ { "$ref": "#/$defs/Team" }, { "type": "null" } ] }""", "sales,support")]
    [InlineData("""{ "enum": ["sales", null, "support", "sales"] }""", "sales,support")]
    [InlineData("""{ "oneOf": [ { "const": "sales" }, { "const": "support" } ] }""", "sales,support")]
    [InlineData("""{ "type": "integer", "enum": [1, 2, 3] }""", "1,2,3")]
    [InlineData("""{ "enum": [true, false] }""", "true,false")]
    public void Values_of_a_field_are_labels_however_the_schema_says_them(string schema, string labels)
    {
        const string Definitions = """ "$defs": { "Team": { "type": "string", "enum": ["sales", "support"] } } """;
        var returned =
            $$"""{ "name": "E", "data_source_config": { "type": "custom", "schema": { "type": "object", {{Definitions}}, "properties": { "item": { "type": "object", "properties": { "mail": {}, "team": {{schema}} } } } } }, "testing_criteria": [ {{Check}} ] }""";
        var sent =
            $$"""{ "name": "E", "data_source_config": { "type": "custom", "item_schema": { "type": "object", {{Definitions}}, "properties": { "mail": {}, "team": {{schema}} } } }, "testing_criteria": [ {{Check}} ] }""";

        Assert.Equal(labels, string.Join(',', Spec(Import(returned, null, "m")).Labels));
        Assert.Equal(labels, string.Join(',', Spec(Import(sent, null, "m")).Labels));
    }

    [Fact]
    public void Lists_of_the_api_are_read_and_the_runs_eval_and_the_newest_run_are_taken()
    {
        var evals = List(EvalWith("eval_2", "Other", Properties, Check), Eval);
        var runs = List(RunWith("evalrun_0", 5, """{ "type": "file_id", "id": "file-abc" }""", "null"), Run);

        var result = Import(evals, runs);

        Assert.Equal("Mail", Spec(result).Name);
        Assert.Equal(2, result.Rows.Count);
        Assert.Contains(
            result.Notes,
            note =>
                note.Contains("2 runs", StringComparison.Ordinal)
                && note.Contains("evalrun_0", StringComparison.Ordinal)
                && note.Contains("--run-id", StringComparison.Ordinal)
        );

        var older = OpenAIEvalsImporter.Import(
            new ImportSource
            {
                Eval = evals,
                Run = runs,
                RunId = "evalrun_0",
            }
        );
        Assert.Empty(older.Rows);
        Assert.Contains(
            older.Notes,
            note => note.StartsWith("source.file_id: the rows are in the file file-abc", StringComparison.Ordinal)
        );
        Assert.Contains(older.Notes, note => note.StartsWith("sampling_params.temperature is not set", StringComparison.Ordinal));

        var several = Assert.Throws<ImportException>(() => Import(evals, null, "m")).Message;
        Assert.Contains("--eval-id", several, StringComparison.Ordinal);
        Assert.Contains("eval_2 (Other), eval_1 (Mail)", several, StringComparison.Ordinal);
        Assert.Equal(
            "Other",
            Spec(
                OpenAIEvalsImporter.Import(
                    new ImportSource
                    {
                        Eval = evals,
                        EvalId = "eval_2",
                        Model = "m",
                    }
                )
            ).Name
        );
    }

    [Fact]
    public void Output_items_are_the_rows_in_their_order_with_the_answers_of_then()
    {
        var run = RunWith("evalrun_1", 10, """{ "type": "file_id", "id": "file-abc" }""", "null");
        var pages =
            List(hasMore: true, Item(2, "evalrun_1", "Broken!", "\"support\""))
            + "\n"
            + List(Item(1, "evalrun_1", "Price?", "null"), Item(3, "evalrun_9", "x", "\"x\""));

        var result = OpenAIEvalsImporter.Import(
            new ImportSource
            {
                Eval = Eval,
                Run = run,
                OutputItems = pages,
            }
        );

        Assert.Equal(
            [
                """{"item":{"mail":"Price?","team":"support"},"outcome":"rejected","reason":"openai_evals: the output item has no answer"}""",
                """{"item":{"mail":"Broken!","team":"support"},"sample":{"output_text":"support"}}""",
            ],
            result.Rows
        );
        Assert.Contains(result.Notes, note => note.Contains("has_more", StringComparison.Ordinal));
        Assert.Contains(result.Notes, note => note.Contains("1 of another run", StringComparison.Ordinal));

        // The same rows are a dataset, and answers that can be scored.
        var reader = new PredictionReader(Spec(result));
        var answers = result.Rows.Select((row, index) => reader.Read(row, index + 1)!.Candidate).ToList();
        Assert.Equal([Outcome.Rejected, Outcome.Scored], answers.Select(answer => answer.Outcome));
        Assert.True(answers[1].IsRight);
    }

    /// <summary>Oracle: what promptfoo 0.121's import takes for a row of that export.</summary>
    [Fact]
    public void Output_items_that_the_dashboard_exported_are_read_too()
    {
        const string Rows = """
            {"run_id":"evalrun_1","data_source_idx":1,"item":{"mail":"Broken!","team":"support"},"sample":{"outputs":[{"role":"assistant","content":"support"}],"finish_reason":"stop"},"grades":{"Match":1.0},"passes":{"Match":true}}
            {"run_id":"evalrun_1","data_source_idx":0,"item":{"mail":"Price?","team":"sales",},"grades":{"Match":0}} // not answered
            """;

        var result = OpenAIEvalsImporter.Import(
            new ImportSource
            {
                Eval = Eval,
                OutputItems = Rows,
                Model = "m",
            }
        );

        Assert.StartsWith("""{"item":{"mail":"Price?","team":"sales"},"outcome":"rejected",""", result.Rows[0], StringComparison.Ordinal);
        Assert.Equal("""{"item":{"mail":"Broken!","team":"support"},"sample":{"output_text":"support"}}""", result.Rows[1]);
    }

    [Fact]
    public void Eval_of_logged_answers_is_imported_with_the_rows_that_its_run_holds()
    {
        var eval = """
            { "object": "eval", "id": "eval_1", "name": "Logged", "metadata": {}, "data_source_config": { "type": "stored_completions", "metadata": { "usecase": "mail" },
              "schema": { "type": "object", "properties": { "item": { "type": "object" }, "sample": { "type": "object" } } } }, "testing_criteria": [ CHECK ] }
            """.Replace("CHECK", Check, StringComparison.Ordinal);

        var result = Import(eval, Run);

        Assert.Equal((GenerationTask.Instance, "team"), (Spec(result).Task, Spec(result).Columns.Reference));
        Assert.Contains("data_source_config.metadata is not imported.", result.Notes);
        Assert.Contains(
            "'stored_completions'",
            Assert.Throws<ImportException>(() => Import(eval, null, "m")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Judges_as_the_api_returns_them_have_their_sampling_named()
    {
        const string Graders = """
            { "name": "Tone", "id": "Tone-9b87", "type": "label_model", "model": "o3-mini", "labels": ["kind", "rude"], "passing_labels": ["kind"], "sampling_params": null,
              "input": [ { "type": "message", "role": "developer", "content": { "type": "input_text", "text": "Tone?" } }, { "type": "message", "role": "user", "content": { "type": "input_text", "text": "{{item.answer}} {{ sample.output_text }}" } } ] },
            { "name": "Help", "id": "Help-1", "type": "score_model", "model": "o3-mini", "range": null, "pass_threshold": null, "sampling_params": { "temperature": 1, "seed": null, "reasoning_effort": "low" },
              "input": [ { "type": "message", "role": "user", "content": "{{sample.output_text}}" } ] }
            """;

        var result = Import(EvalWith("eval_1", "Mail", """{ "mail": {}, "answer": {} }""", Graders), Run);

        Assert.StartsWith(
            "Tone?\n\n{{ row.item.answer }} {{ answer }}",
            Spec(result).Metrics[0].Options["rubric"].GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal([0.0, 1.0], Spec(result).Metrics[1].Options["scale"].EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Null(Spec(result).Gate);
        Assert.Contains("grader 'Help': sampling_params.temperature is not imported.", result.Notes);
        Assert.Contains("grader 'Help': sampling_params.reasoning_effort is not imported.", result.Notes);
        Assert.DoesNotContain(
            result.Notes,
            note => note.Contains("seed", StringComparison.Ordinal) || note.Contains("'Tone': sampling", StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// OpenAI's templates know variables only: everything else is text, and an item's field is never taken for a variable of the prompt's.
    /// </summary>
    [Theory]
    [InlineData("{{ item.mail }} {% if %} {{", "Price? {% if %} {{")]
    [InlineData("{{item.input}}/{{item.tags}}/{{item.row}}/{{item.empty}}", "in/t/r/e")]
    [InlineData("{{ item.a b }}/{{ item.x-y }}/{{ item.deep.one }}", "A/Y/1")]
    [InlineData("{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1}}")]
    public void Template_renders_as_the_eval_meant_it(string template, string expected)
    {
        var turn = JsonValue.Create(template)!.ToJsonString();
        var run =
            $$"""{ "object": "eval.run", "model": "m", "data_source": { "type": "completions", "input_messages": { "type": "template", "template": [ { "role": "user", "content": {{turn}} } ] } } }""";
        var spec = Spec(Import(Eval, run));
        const string Row =
            """{"item":{"mail":"Price?","input":"in","tags":"t","row":"r","empty":"e","a b":"A","x-y":"Y","deep":{"one":1},"team":"sales"}}""";
        var sample = new Sample
        {
            Id = "1",
            Offset = 0,
            References = ["sales"],
            Fields = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(Row),
        };

        Assert.Equal(expected, new PromptRenderer(spec.Prompt).Render(sample).Single().Content);
    }

    [Theory]
    [InlineData("{{ item.mails[0] }}")]
    [InlineData("{{ item.mail | upper }}")]
    [InlineData("{{ item }}")]
    [InlineData("{{ sample.output_text }}")]
    public void Expression_without_counterpart_is_named(string template)
    {
        var run =
            $$"""{ "model": "m", "data_source": { "type": "completions", "input_messages": { "type": "template", "template": [ { "role": "user", "content": "{{template}}" } ] } } }""";

        Assert.Contains(
            $"the variable {template[2..^2].Trim()} is not supported",
            Assert.Throws<ImportException>(() => Import(Eval, run)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("""{ "error": { "message": "Incorrect API key provided", "code": "invalid_api_key" } }""", "error.code invalid_api_key")]
    [InlineData("""{ "object": "list", "data": [], "has_more": false }""", "is empty")]
    [InlineData("""{ "object": "eval.run" }""", "give it with --run")]
    [InlineData("{\n \"a\": \"\\ud800\" }", "The eval, line 2, column 7: a text or name escapes half a surrogate pair")]
    [InlineData("[{},\n{ \"name\": { \"é\": 1, \"é\": 2 } }]", "The eval, line 2, column 21: 'é' is there twice in one object.")]
    [InlineData("3", "not a JSON object")]
    public void What_was_saved_instead_is_told(string eval, string expected) =>
        Assert.Contains(expected, Assert.Throws<ImportException>(() => Import(eval, null, "m")).Message, StringComparison.Ordinal);

    private static ImportResult Import(string eval, string? run, string? model = null) =>
        OpenAIEvalsImporter.Import(
            new ImportSource
            {
                Eval = eval,
                Run = run,
                Model = model,
            }
        );

    private static EvaluationSpec Spec(ImportResult result) => SpecReader.Read(result.Spec, "evaluation.json");

    private static string EvalWith(string id, string name, string properties, string criteria) =>
        $$"""
            { "object": "eval", "id": "{{id}}", "name": "{{name}}", "created_at": 1739314509, "metadata": {}, "testing_criteria": [ {{criteria}} ],
              "data_source_config": { "type": "custom", "schema": { "type": "object", "required": ["item"], "properties": {
                "item": { "type": "object", "properties": {{properties}}, "required": ["mail"] }, "sample": { "type": "object" } } } } }
            """;

    private static string RunWith(string id, int createdAt, string source, string sampling) =>
        $$"""
            { "object": "eval.run", "id": "{{id}}", "eval_id": "eval_1", "report_url": "https://platform.openai.com/evaluations/eval_1", "status": "completed", "model": "gpt-4o-mini", "name": "nightly", "created_at": {{createdAt}},
              "result_counts": { "total": 2, "errored": 0, "failed": 1, "passed": 1 }, "per_model_usage": null, "per_testing_criteria_results": null, "error": null, "metadata": {},
              "data_source": { "type": "completions", "model": "gpt-4o-mini", "source": {{source}}, "sampling_params": {{sampling}}, "input_messages": { "type": "template", "template": [
                { "type": "message", "role": "developer", "content": { "type": "input_text", "text": "Which team?" } },
                { "type": "message", "role": "user", "content": { "type": "input_text", "text": "Mail: ITEM" } } ] } } }
            """.Replace("ITEM", "{{item.mail}}", StringComparison.Ordinal);

    private static string Item(int id, string runId, string mail, string output) =>
        $$"""
            { "object": "eval.run.output_item", "id": "outputitem_{{id}}", "run_id": "{{runId}}", "eval_id": "eval_1", "status": "pass", "datasource_item_id": {{id}}, "datasource_item": { "mail": "{{mail}}", "team": "support" },
              "results": [ { "name": "Match-2eaf2d8d", "sample": null, "passed": true, "score": 1.0 } ],
              "sample": { "input": [ { "role": "user", "content": "Mail", "tool_calls": null } ], "output": [ { "role": "assistant", "content": {{output}}, "tool_calls": null } ], "finish_reason": "stop", "error": null, "seed": 42 } }
            """;

    private static string List(params string[] items) => List(hasMore: false, items);

    private static string List(bool hasMore, params string[] items) =>
        $$"""{ "object": "list", "data": [ {{string.Join(',', items)}} ], "first_id": "a", "last_id": "z", "has_more": {{(hasMore ? "true" : "false")}} }""";
}
