using System.Reflection;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.LanguageModelling;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>docs/datasets.md says what the reader does.</summary>
public sealed class DatasetDocumentationTests
{
    [Fact]
    public async Task Example_rows_in_the_documentation_are_samples()
    {
        var example = Text().Split("```jsonl\n")[1].Split("```")[0];
        var rows = await ReadAsync(example);
        Assert.Equal(12, rows.Count);
        Assert.All(rows.SkipLast(1), row => Assert.IsType<ValidRow>(row));

        var last = example.TrimEnd().Split('\n')[^1];
        await ReadSampleAsync(last, Options(task: LanguageModellingTask.Instance));
    }

    [Fact]
    public void Every_reason_is_in_the_documentation()
    {
        var reasons = typeof(MalformedReasons)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetValue(null)!);
        Assert.All(reasons, reason => Assert.Contains($"`{reason}`", Text(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Examples_of_which_task_are_specs_and_rows_that_fit_them()
    {
        var examples = Repository.Read("docs", "which-task.md").Split("```json\n").Skip(1).ToList();
        Assert.Equal(12, examples.Count);
        foreach (var example in examples)
        {
            var json = example.Split("```")[0];
            var row = example.Split("```jsonl\n")[1].Split("```")[0];
            var spec = SpecReader.Read(json, "evaluation.json");
            Assert.NotEmpty(MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings));
            await ReadSampleAsync(row, spec.ReadOptions(JsonlFormat.Instance));
        }
    }

    private static string Text() => Repository.Read("docs", "datasets.md");
}
