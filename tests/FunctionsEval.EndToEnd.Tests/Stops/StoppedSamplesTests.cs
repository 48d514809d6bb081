using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Stops;

/// <summary>What the samples of a run say that was stopped while its two models were at different samples.</summary>
public sealed class StoppedSamplesTests
{
    [Fact]
    public async Task Samples_of_a_stopped_run_hold_every_answer_that_its_summary_counts()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("Models__recorded__MaxConcurrency", "1"),
            ("Models__recorded-base__MaxConcurrency", "8")
        );
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(50);
        var etag = await app.DropAsync(
            "apart/test.jsonl",
            """
            { "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy"] }
            """,
            Parity.Rows("apart", 2000)
        );
        await Eventually.TrueAsync(
            () => Asked("recorded-base") > Asked("recorded") + 50 && Asked("recorded") > 2,
            "the baseline is ahead of the candidate"
        );
        using var http = app.Http;
        var runId = (await app.RunsAsync("apart/test.jsonl")).Single().PartitionKey;
        using var cancelled = await http.PostAsync($"/api/evaluations/{runId}/cancel", null);
        cancelled.EnsureSuccessStatusCode();
        var run = await app.EndedAsync("apart/test.jsonl", etag);

        Assert.Equal("Cancelled", run.GetString("Status"));
        var samples = (await app.SamplesAsync(runId))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        Assert.Equal(Outcomes(run, "Candidate"), OutcomesIn("candidate"));
        Assert.Equal(Outcomes(run, "Baseline"), OutcomesIn("baseline"));
        Assert.Contains(samples, sample => sample["candidate"] is null);
        Assert.Equal(samples.Select(sample => (long)sample["line"]!).Distinct().Order(), samples.Select(sample => (long)sample["line"]!));

        // What reads them copes with one answer missing.
        var page = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{runId}/samples?size=500&outcome=unparsable");
        Assert.Equal(
            samples.Count(sample => OutcomeOf(sample, "candidate") == "unparsable" || OutcomeOf(sample, "baseline") == "unparsable"),
            page!["samples"]!.AsArray().Count
        );
        Assert.Equal(
            samples.Count + 1,
            (await http.GetStringAsync($"/api/evaluations/{runId}/samples?format=csv"))
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Length
        );

        int Asked(string model) => app.Endpoint.RequestsOf.Where(request => request.Key.Model == model).Sum(request => request.Value);

        (long Scored, long Unparsable) OutcomesIn(string role) =>
            (
                samples.Count(sample => OutcomeOf(sample, role) == "scored"),
                samples.Count(sample => OutcomeOf(sample, role) == "unparsable")
            );
    }

    private static string? OutcomeOf(JsonNode sample, string role) => (string?)sample[role]?["outcome"];

    private static (long Scored, long Unparsable) Outcomes(TableEntity run, string role) =>
        (run.GetInt64(role + "Scored")!.Value, run.GetInt64(role + "Unparsable")!.Value);
}
