using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Validation;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>What <c>validate</c> says of rows is what a run makes of them.</summary>
public sealed class ValidationParityTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Spec =
        """{"task":"generation","model":"recorded","prompt":{"user":"{{ context }} {{ input }}"},"metrics":["exact_match"],"limits":{"maxMalformedShare":0.9}}""";

    [Fact]
    public async Task Rows_that_validate_calls_malformed_are_malformed_in_a_run_for_the_same_reason()
    {
        string[] lines =
        [
            """{"input":"1 2","context":"x","expected":"odd"}""",
            "{ not json",
            """{"input":"3","expected":"odd"}""",
            """{"input":"4","context":"x"}""",
            """{"input":{"a":1},"context":"x","expected":"even"}""",
            """["a list"]""",
            "",
            """{"messages":[{"role":"user","content":[{"type":"text","text":"5"},{"type":"image_url","image_url":{"url":"images/none.png"}}]},{"role":"assistant","content":"odd"}],"context":"x"}""",
            """{"input":"6","context":"x","expected":"even","id":{"a":1}}""",
            """{"input":"7 8","context":"y","expected":"odd"}""",
        ];
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.Combine("evaluation.json"), Spec);
        File.WriteAllLines(directory.Combine("test.jsonl"), lines);

        var found = await new DatasetValidator(ModelPrices.Read(null, new Dictionary<string, string>())).CheckAsync(
            directory.Combine("test.jsonl"),
            specFile: null,
            root: null,
            TestContext.Current.CancellationToken
        );
        var run = await shared.App.EvaluateAsync("validated/test.jsonl", Spec, lines);

        var samples = (await shared.App.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        var malformed = samples
            .Where(sample => (string?)sample["candidate"]!["outcome"] == "malformed_sample")
            .Select(sample => $"{(int)sample["line"]!} {((string)sample["candidate"]!["reason"]!).Split(':')[0]}");
        Assert.Equal(malformed, found.Dataset!.Problems.Select(problem => $"{problem.Line} {problem.Reason}"));
        Assert.Equal(samples.Count - found.Dataset.Problems.Count, found.Dataset.Samples);
        Assert.Equal(
            ["prompt_error", "unusable_image"],
            found.Dataset.Reasons.Select(reason => reason.Name).Intersect(["unusable_image", "prompt_error"]).Order(StringComparer.Ordinal)
        );
    }
}
