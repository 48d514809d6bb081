using System.Text;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Generation;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Whatever a blob holds, each row is a sample or malformed; nothing throws but what is documented.</summary>
public sealed class AnyContentTests
{
    private static readonly Gen<string> Value = Gen.OneOf(
        "1",
        "-1.5e999",
        "true",
        "null",
        "\"\"",
        "\"text\"",
        "\"spam\"",
        "\"\\ud800\"",
        "[]",
        "[1,\"a\"]",
        "[null]",
        "[[]]",
        "{}",
        "{\"a\":{}}",
        "[{\"role\":\"user\",\"content\":\"u\"}]",
        "[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"spam\",\"weight\":1e999}]",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
        "[{\"role\":null,\"content\":[{\"type\":1}]}]",
        "[{\"role\":\"assistant\",\"content\":null,\"weight\":null}]",
        "{\"input\":\"i\",\"ideal\":\"spam\",\"id\":[]}"
    );

    private static readonly Gen<string> Row = Gen.Select(
            Gen.OneOf("id", "messages", "input", "prompt", "text", "expected", "ideal", "completion", "label", "tags", "item", "a"),
            Value
        )
        .Array[0, 5]
        .Select(fields => "{" + string.Join(',', fields.Select(field => $"\"{field.Item1}\":{field.Item2}")) + "}");

    [Theory]
    [InlineData("classification")]
    [InlineData("generation")]
    [InlineData("language_modelling")]
    public Task Any_json_row_is_read_once_and_a_sample_can_be_rendered(string task)
    {
        var renderer = new PromptRenderer(new PromptSpec { System = "{{ row.a.b }}{{ row.tags }}{{ row.item }}" });
        return Gen.Select(
                Row,
                Gen.Bool,
                Gen.OneOf(
                    new ColumnSpec(),
                    new ColumnSpec
                    {
                        Input = "a.a",
                        Reference = "item",
                        Tags = ["a"],
                    }
                )
            )
            .SampleAsync(
                async (row, requireInput, columns) =>
                {
                    var options = Options(task: TaskCatalog.Get(task), labels: "spam") with
                    {
                        RequireInput = requireInput,
                        Columns = columns,
                    };
                    if (Assert.Single(await ReadAsync(row, options)) is ValidRow valid)
                    {
                        Assert.NotEmpty(valid.Sample.References);
                        Assert.NotEmpty(renderer.Render(valid.Sample));
                    }
                },
                iter: 3000
            );
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public Task Any_bytes_are_read_probed_and_planned(string name)
    {
        var format = Format(name);
        var piece = Gen.OneOf(
            Gen.Byte.Array[0, 5],
            Gen.OneOf("\n", "\r\n", "\"", ",", "\t", "{", "}", "[", "input", "expected", "\0", "é", "\uFEFF", " ")
                .Select(Encoding.UTF8.GetBytes)
        );
        var header =
            format == CsvFormat.Csv ? "input,expected\n"
            : format == CsvFormat.Tsv ? "input\texpected\n"
            : "";
        var spec = new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" };
        return Gen.Select(Gen.Bool, piece.Array[0, 30])
            .SampleAsync(
                async (withHeader, pieces) =>
                {
                    byte[] bytes = [.. Encoding.UTF8.GetBytes(withHeader ? header : ""), .. pieces.SelectMany(bytes => bytes)];
                    await OnlyDatasetException(async () => await ReadAsync(bytes, Options(format)));
                    await OnlyDatasetException(async () =>
                        await DatasetProbe.CheckAsync(
                            Range(bytes),
                            bytes.Length,
                            "b",
                            spec.ReadOptions(format),
                            spec.Limits.MaxMalformedShare
                        )
                    );
                    await OnlyDatasetException(async () =>
                        await ShardPlanner.PlanAsync(Range(bytes), bytes.Length, new ShardPlanOptions { Format = format })
                    );
                },
                iter: 3000
            );
    }

    private static async Task OnlyDatasetException(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (DatasetException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
