using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.Preference;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>The models of the suite preference: two that give advice, and a judge that compares it.</summary>
public sealed class AdviceModelTests(SampleModelFixture models, ITestOutputHelper output) : IClassFixture<SampleModelFixture>
{
    /// <summary>The rows are in the form of DPO's files; the judge reads the metric's own rubric, in both orders.</summary>
    [Fact]
    public async Task Judge_prefers_the_tuned_advice_to_the_base_in_most_pairs()
    {
        var rows = SampleSuites.Rows("preference", "test.jsonl");
        var rubric = new PairRenderer(
            ((PairwiseSpec)MetricCatalog.Create(PreferenceTask.Instance, [Pairwise], new MetricSettings())[0].Graders[0]).Rubric
        );
        var wins = 0;
        var firstPlaces = 0;
        foreach (var row in rows)
        {
            var question = SampleSuites.Input(row);
            var sample = new Sample
            {
                Id = "s",
                Offset = 0,
                Input = question,
                References = [],
            };
            var (tuned, plain) = (await ChatAsync("advice-tuned", question), await ChatAsync("advice-base", question));
            var first = await ChatAsync("pair-judge", rubric.Render(sample, tuned, plain));
            var second = await ChatAsync("pair-judge", rubric.Render(sample, plain, tuned));
            wins += first.Contains("\"A\"", StringComparison.Ordinal) && second.Contains("\"B\"", StringComparison.Ordinal) ? 1 : 0;
            firstPlaces += first == second && first.Contains("\"A\"", StringComparison.Ordinal) ? 1 : 0;
        }

        output.WriteLine($"wins {(double)wins / rows.Count:F4}, decided by the order {(double)firstPlaces / rows.Count:F4}");
        Assert.InRange((double)wins / rows.Count, 0.4, 0.9);
    }

    private static MetricSpec Pairwise { get; } =
        new()
        {
            Name = "pairwise",
            Options = new Dictionary<string, JsonElement> { ["model"] = JsonSerializer.SerializeToElement("pair-judge") },
        };

    private async Task<string> ChatAsync(string model, string content)
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model,
                temperature = 0,
                messages = new[] { new { role = "user", content } },
            }
        );
        return (string)answer["choices"]![0]!["message"]!["content"]!;
    }
}
