using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Import;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Fuzzing;

/// <summary>Saved evals, runs and output items: a spec that is accepted, rows that are JSON, or the documented error.</summary>
public sealed class ImportFuzzTests
{
    private const string Eval = """
        { "object": "eval", "id": "e", "name": "E", "metadata": {}, "data_source_config": { "type": "custom", "schema": { "properties": { "item": { "properties": { "q": {}, "a": { "enum": ["x", "y"] } } } } } },
          "testing_criteria": [ { "type": "string_check", "name": "c", "input": "{{sample.output_text}}", "operation": "eq", "reference": "{{item.a}}" },
            { "type": "score_model", "name": "s", "model": "j", "range": [1, 5], "pass_threshold": 3, "input": [ { "role": "user", "content": { "type": "input_text", "text": "{{item.q}} {{sample.output_text}}" } } ] },
            { "type": "label_model", "name": "l", "model": "j", "labels": ["g", "b"], "passing_labels": ["g"], "input": [ { "role": "user", "content": ["{{sample.output_text}}"] } ] } ] }
        """;

    private const string Run = """
        { "object": "list", "has_more": false, "data": [ { "object": "eval.run", "id": "r", "eval_id": "e", "model": "m", "created_at": 1, "data_source": { "type": "completions", "model": "m",
          "source": { "type": "file_content", "content": [ { "item": { "q": "1", "a": "x" } } ] }, "sampling_params": { "temperature": 0.5, "max_completion_tokens": 9, "seed": 1, "tools": null },
          "input_messages": { "type": "template", "template": [ { "role": "system", "content": "Do." }, { "role": "user", "content": "{{ item.q }} {%" } ] } } } ] }
        """;

    private const string Items =
        """{ "object": "list", "data": [ { "object": "eval.run.output_item", "run_id": "r", "datasource_item_id": 1, "datasource_item": { "q": "1", "a": "x" }, "sample": { "output": [ { "content": "x" } ] } } ] }""";

    private static readonly string[] Words =
    [
        "null",
        "true",
        "-1",
        "1e999",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "{\"$ref\":\"#/properties/item\"}",
        "\"\\udc00\"",
        "\"a\":1,\"a\":2",
        "{{item.a}}",
        "{{ item.input }}",
        "{%",
        "{{",
        "\"type\":\"python\",",
        "\"enum\":[1,2,null],",
        "\"operation\":\"ilike\",",
        "\"pass_threshold\":\"1\",",
        "\"temperature\":\"1\",",
        "\"seed\":1.5,",
        "\"item_reference\":\"item.q\",",
    ];

    [Fact]
    public void Saved_files_give_a_spec_and_rows_or_the_documented_error() =>
        Fuzz.Run(
            1500,
            64 << 20,
            random =>
            {
                var source = new ImportSource
                {
                    Eval = Mutated(random, Eval),
                    Run = random.Next(4) == 0 ? null : Mutated(random, Run),
                    OutputItems = random.Next(2) == 0 ? null : Mutated(random, Items),
                    Model = random.Next(2) == 0 ? null : "m",
                };
                try
                {
                    var result = OpenAIEvalsImporter.Import(source);
                    SpecReader.Read(result.Spec, "evaluation.json");
                    foreach (var row in result.Rows)
                    {
                        Assert.DoesNotContain('\n', row);
                        JsonDocument.Parse(row).Dispose();
                    }
                }
                catch (ImportException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            }
        );

    private static string Mutated(Random random, string json) =>
        random.Next(3) == 0 ? json : Encoding.UTF8.GetString(Fuzz.Mutated(random, Encoding.UTF8.GetBytes(json), Words));
}
