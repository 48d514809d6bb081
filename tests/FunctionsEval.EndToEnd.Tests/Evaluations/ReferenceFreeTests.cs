using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Reinforcement rows without a reference, from the dataset to the table: the model multiplies, and the judge checks its product against
/// fields of the row.
/// </summary>
public sealed class ReferenceFreeTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Rows = 40;

    private const string Spec = """
        {"task":"generation","model":"recorded","baseline":"recorded-base","metrics":["unparsable_rate",
          {"name":"judge","model":"recorded-judge","labels":["right","wrong"],"rubric":"CHECK {{ answer }} is {{ factors[0] }} x {{ factors[1] }}"}]}
        """;

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Rows_are_judged_by_their_fields_and_compared_with_the_baseline()
    {
        _app.Endpoint.Answer = Answer;
        _app.Endpoint.AnswerOf["recorded-base"] = prompt =>
            (200, prompt.EndsWith("0?", StringComparison.Ordinal) ? "0" : Answer(prompt).Text);
        var run = await _app.EvaluateAsync("products/test.jsonl", Spec, Lines());

        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        Assert.Equal(1.0, (await _app.MetricAsync(run.PartitionKey, "candidate|judge_pass_rate|all")).GetDouble("Value"));
        // Of 40 products whose second factor is counted up, the four that end with 0 and are not 0 are wrong.
        Assert.Equal(
            Enumerable.Range(0, Rows).Count(number => number % 10 != 0 || number == 0) / (double)Rows,
            (await _app.MetricAsync(run.PartitionKey, "baseline|judge_pass_rate|all")).GetDouble("Value")!.Value,
            9
        );
        var samples = await _app.SamplesAsync(run.PartitionKey);
        Assert.All(
            samples.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Empty(JsonNode.Parse(line)!["references"]!.AsArray())
        );

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), samples);
        var scored = new PredictionFile(directory.Combine("samples.jsonl"), SpecReader.Read(Spec, "evaluation.json")).Score(threads: 2);
        foreach (var line in scored.Metrics)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, (long?)line.Samples), (row.GetDouble("Value"), row.GetInt64("Samples")));
        }
    }

    [Fact]
    public async Task Metric_that_needs_a_reference_is_named_before_anything_is_paid()
    {
        var run = await _app.EvaluateAsync(
            "products-bleu/test.jsonl",
            """{"task":"generation","model":"recorded","metrics":["bleu"]}""",
            ["""{"messages":[{"role":"user","content":"unpaid 7 x 6?"}],"factors":[7,6]}"""]
        );
        Assert.Equal("Failed", run.GetString("Status"));
        Assert.Contains("bleu needs one.", run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.DoesNotContain(_app.Endpoint.Requests.Keys, prompt => prompt.StartsWith("unpaid", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines() =>
        Enumerable
            .Range(0, Rows)
            .Select(number =>
                new JsonObject
                {
                    ["messages"] = new JsonArray(
                        Turn("developer", "Multiply."),
                        Turn("user", "Are you ready?"),
                        Turn("assistant", "Yes."),
                        Turn("user", string.Create(CultureInfo.InvariantCulture, $"How much is 7 x {number}?"))
                    ),
                    ["factors"] = new JsonArray(7, number),
                }.ToJsonString()
            );

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static (int Status, string Text) Answer(string prompt)
    {
        var numbers = prompt.Split([' ', '?'], StringSplitOptions.RemoveEmptyEntries).Where(word => int.TryParse(word, out _));
        var values = numbers.Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return prompt.StartsWith("CHECK", StringComparison.Ordinal)
            ? (200, values is [var product, var first, var second] && product == first * second ? "right" : "wrong")
            : (200, (values[^2] * values[^1]).ToString(CultureInfo.InvariantCulture));
    }
}
