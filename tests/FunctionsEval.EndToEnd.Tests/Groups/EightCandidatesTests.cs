using System.Diagnostics;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Groups;

/// <summary>A group of the size that is promised.</summary>
public sealed class EightCandidatesTests(ITestOutputHelper output)
{
    private const int Candidates = 8;
    private const int Samples = 5000;

    [Fact]
    public async Task Eight_candidates_and_5000_samples_ask_the_baseline_once_about_each_sample()
    {
        await using var app = await EvaluationApp.StartAsync();
        ManyCandidates.AnswerAll(app.Endpoint, Candidates);
        var watch = Stopwatch.StartNew();

        await app.DropAsync(
            "eight/test.jsonl",
            ManyCandidates.Spec(Candidates, """, "gate": { "rules": [ { "metric": "accuracy", "betterThanBaselineAtAlpha": 0.05 } ] }"""),
            Parity.Rows("eight", Samples)
        );
        var row = await app.GroupEndedAsync("eight/test.jsonl");
        output.WriteLine($"{Candidates} candidates, {Samples} samples: {watch.Elapsed}");

        Assert.Equal(("Completed", "pass"), (row.GetString("Status"), row.GetString("Verdict")));
        Assert.All(
            Enumerable.Range(1, Candidates).Select(number => $"c{number}").Append(ManyCandidates.Baseline),
            model => Assert.Equal(Samples, app.Endpoint.Asked(model, "eight"))
        );
        var summary = await app.SummaryAsync(row.PartitionKey);
        // Candidate n is right on 100 − 2n percent of the numbers, the baseline on 90: the first four are better, the fifth is equal.
        Assert.Equal(
            ["pass", "pass", "pass", "pass"],
            summary["candidates"]!["candidates"]!.AsArray().Take(4).Select(candidate => (string?)candidate!["verdict"]!["result"])
        );
        Assert.Equal(["tuned/c1"], summary["candidates"]!["recommended"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(
            [0.98, 0.96, 0.94, 0.92, 0.90, 0.88, 0.86, 0.84],
            summary["candidates"]!["numbers"]![0]!["candidates"]!.AsArray().Select(candidate => Math.Round((double)candidate!["value"]!, 6))
        );
    }
}
