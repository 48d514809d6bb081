using System.CommandLine;
using System.Text.Json;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

public sealed class ImportEvalsCommandTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Imported_eval_evaluates_the_rows_that_it_was_made_for()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(
            directory.Combine("eval.json"),
            """
            { "name": "Parity", "data_source_config": { "type": "custom", "item_schema": { "type": "object", "properties": {
                "number": { "type": "string" }, "parity": { "type": "string", "enum": ["even", "odd"] } } } },
              "testing_criteria": [ { "type": "string_check", "name": "Right", "input": "{{ sample.output_text }}", "operation": "eq", "reference": "{{ item.parity }}" } ] }
            """
        );
        await File.WriteAllTextAsync(
            directory.Combine("run.json"),
            """
            { "data_source": { "type": "completions", "input_messages": { "type": "template", "template": [ { "role": "user", "content": "imported {{ item.number }}" } ] } } }
            """
        );

        Assert.Equal(0, Run("eval.json", "--run", directory.Combine("run.json"), "--model", "recorded", "-o", directory.Combine("suite")));
        Assert.Throws<LocalHostException>(() =>
            Run("eval.json", "--run", directory.Combine("run.json"), "--model", "recorded", "-o", directory.Combine("suite"))
        );

        var rows = Enumerable
            .Range(0, 30)
            .Select(number =>
                JsonSerializer.Serialize(
                    new
                    {
                        item = new { number = $"{number}", parity = number % 2 == 0 ? "even" : "odd" },
                        sample = new { output_text = "not looked at" },
                    }
                )
            );
        var run = await shared.App.EvaluateAsync(
            "imported/data.jsonl",
            await File.ReadAllTextAsync(directory.Combine("suite/evaluation.json")),
            rows
        );
        Assert.Equal(("Completed", "Parity", 30L), (run.GetString("Status"), run.GetString("Name"), run.GetInt64("Samples")));
        Assert.Equal(0.8, (await shared.App.MetricAsync(run.PartitionKey, "candidate|exact_match|all")).GetDouble("Value")!.Value, 12);

        int Run(string eval, params string[] options) =>
            ImportEvalsCommand
                .Create()
                .Parse([directory.Combine(eval), .. options])
                .Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
