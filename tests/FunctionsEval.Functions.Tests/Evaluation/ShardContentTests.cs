using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Datasets that are not as they should be: giant rows, ids that repeat.</summary>
public sealed class ShardContentTests
{
    private const int MaxRead = 8 << 20;

    [Fact]
    public async Task Giant_row_is_malformed_and_is_never_held_whole()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        var longest = 0L;
        harness.Storage.Faults = request =>
        {
            if (request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.StartsWith("/datasets/", StringComparison.Ordinal))
            {
                longest = Math.Max(longest, LengthOf(request));
            }

            return Fault.None;
        };
        var rows = Enumerable.Range(0, 20).Select(ShardHarness.Row).ToList();
        rows[11] = $$"""{"id": "giant", "input": "{{new string('x', 5 * MaxRead)}}", "expected": "odd"}""" + "\n";
        var plan = await harness.PlanAsync(string.Concat(rows));

        var outcomes = new List<EvaluatedSample>();
        for (var shard = 0; shard < plan.Shards; shard++)
        {
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard })).Status);
            outcomes.AddRange(await harness.RowsAsync(shard));
        }

        Assert.Equal(20, outcomes.Count);
        var malformed = Assert.Single(outcomes, row => row.Outcome == Outcome.MalformedSample);
        Assert.StartsWith(MalformedReasons.LineTooLong, malformed.Reason, StringComparison.Ordinal);
        Assert.InRange(longest, 1, MaxRead);
    }

    /// <summary>Twenty samples of one id, of which the model gets half: what is known of it is not certain.</summary>
    [Fact]
    public async Task Samples_that_share_an_id_are_drawn_apart_and_counted()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (row, context) =>
            ShardHarness.RightAsync((int.Parse(row, CultureInfo.InvariantCulture) % 4 < 2 ? row : "0"), context);
        await harness.PlanAsync(
            string.Concat(
                Enumerable
                    .Range(0, 20)
                    .Select(number => ShardHarness.Row(number).Replace($"\"n{number}\"", "\"user-7\"", StringComparison.Ordinal))
            ),
            """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"], "gate": { "rules": [{ "metric": "accuracy", "lowerBoundAtLeast": 0.7 }] } }"""
        );
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, TestContext.Current.CancellationToken));

        using var summary = JsonDocument.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        var accuracy = summary
            .RootElement.GetProperty("metrics")
            .EnumerateArray()
            .First(metric => metric.GetProperty("name").GetString() == "accuracy");
        Assert.Equal(0.75, accuracy.GetProperty("value").GetDouble());
        Assert.InRange(accuracy.GetProperty("upper").GetDouble() - accuracy.GetProperty("lower").GetDouble(), 0.2, 0.6);
        Assert.NotEqual("pass", summary.RootElement.GetProperty("verdict").GetProperty("result").GetString());
        Assert.Equal(19, summary.RootElement.GetProperty("dataset").GetProperty("duplicateIds").GetInt64());
        var run = harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!;
        Assert.Equal((19L, 2L), (run.GetInt64("DuplicateIds"), run.GetInt64("DuplicateIdsFirstLine")));
    }

    /// <summary>
    /// A shard was finished by a version of the app that measured in other words; its shard log has all that there is to measure.
    /// </summary>
    [Fact]
    public async Task Shard_that_another_version_measured_is_measured_anew()
    {
        await using var harness = await ShardHarness.StartAsync(8);
        harness.Answer = (row, context) => ShardHarness.RightAsync(row == "3" ? "0" : row, context);
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        harness.Storage.Write(
            $"runs/{StorageNames.ShardStatistics(ShardHarness.RunId, Roles.Candidate, 0)}",
            ShardStatistics.Write([new SampleStatistics(0, Outcome.Scored, 1, [], [1, 2, 3])], layout: 1).ToArray()
        );

        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, TestContext.Current.CancellationToken));

        using var summary = JsonDocument.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        var accuracy = summary
            .RootElement.GetProperty("metrics")
            .EnumerateArray()
            .First(metric => metric.GetProperty("name").GetString() == "accuracy");
        Assert.Equal((0.875, 8L), (accuracy.GetProperty("value").GetDouble(), accuracy.GetProperty("samples").GetInt64()));
    }

    private static long LengthOf(HttpRequestMessage request)
    {
        var ends = (request.Headers.TryGetValues("x-ms-range", out var range) ? range.Single() : request.Headers.Range!.ToString())[
            "bytes=".Length..
        ]
            .Split('-');
        return long.Parse(ends[1], CultureInfo.InvariantCulture) - long.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
    }
}
