using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>What must be true of every run once nothing is broken any more.</summary>
internal sealed class WalkOracle(EvaluationApp app)
{
    /// <summary>
    /// How long a run may go on after the last fault. The longest waits: a partition of a host that has died and a message that it took
    /// from
    /// its queue (a minute each, at the same time), a shard log's lease (20 seconds), the wait between two tries of an activity or of a
    /// shard (a minute), the
    /// reconciler (a minute), and the outage after which a run gives up (20 seconds): four minutes; twice that on a busy machine.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    private static readonly (string Column, string Name)[] Outcomes =
    [
        ("Scored", "scored"),
        ("Unparsable", "unparsable"),
        ("ContentFiltered", "content_filtered"),
        ("Rejected", "rejected"),
        ("Truncated", "truncated"),
        ("TimedOut", "timed_out"),
        ("Exhausted", "exhausted"),
        ("MalformedSample", "malformed_sample"),
        ("TooLongToScore", "too_long_to_score"),
        ("ReasoningExhausted", "reasoning_exhausted"),
    ];

    private readonly Dictionary<string, string> _ended = new(StringComparer.Ordinal);

    public static bool HasEnded(TableEntity run) => run.GetString("Status") is "Completed" or "Partial" or "Cancelled" or "Failed";

    public async Task<List<TableEntity>> RunsAsync(IEnumerable<WalkDataset> datasets)
    {
        var runs = new List<TableEntity>();
        foreach (var dataset in datasets)
        {
            runs.AddRange(await app.RunsAsync(dataset.Name));
        }

        return runs;
    }

    public async Task AssertEndedRightAsync(WalkDataset[] datasets, WalkFaults faults)
    {
        await AssertEveryRunEndsAsync(datasets);
        foreach (var dataset in datasets)
        {
            var runs = await app.RunsAsync(dataset.Name);
            Assert.True(!dataset.IsStarted || runs.Count > 0, $"{dataset.Name}: a start was accepted, and there is no run.");
            foreach (var run in runs)
            {
                dataset.Owe(run);
                await AssertEndedRightAsync(dataset, run);
                _ended[run.PartitionKey] = End(run);
            }
        }

        var (owed, again) = (datasets.Sum(dataset => dataset.Owed), faults.MayBePaidAgain);
        Assert.True(
            app.Endpoint.Paid <= owed + again,
            $"{app.Endpoint.Paid} answers were paid for {owed} samples, {again} in flight or not appended."
        );
    }

    /// <summary>A run that has ended stays as it ended.</summary>
    public async Task AssertNothingChangedAsync()
    {
        await foreach (var run in app.Tables.GetTableClient("EvaluationRuns").QueryAsync<TableEntity>("RowKey eq 'run'"))
        {
            Assert.Equal(_ended[run.PartitionKey], End(run));
        }
    }

    /// <summary>Row text and keys are in the runs' blobs alone.</summary>
    public async Task AssertNothingLeakedAsync() =>
        Assert.All(
            await app.OutsideRunsAsync(),
            place =>
            {
                Assert.DoesNotContain(WalkDataset.Canary, place, StringComparison.Ordinal);
                Assert.DoesNotContain(EvaluationApp.ApiKey, place, StringComparison.Ordinal);
            }
        );

    private static string End(TableEntity run) =>
        $"{run.PartitionKey} {run.GetString("Status")} {run.GetString("ErrorCode")} {run.GetString("Verdict")} {run.GetDateTimeOffset("Finished"):O}";

    private async Task AssertEveryRunEndsAsync(WalkDataset[] datasets)
    {
        List<TableEntity> open = [];
        await Eventually.TrueAsync(
            async () => (open = [.. (await RunsAsync(datasets)).Where(run => !HasEnded(run))]).Count == 0,
            () =>
                "every run has ended; still open: "
                + string.Join(", ", open.Select(run => $"{run.PartitionKey} of {run.GetString("Dataset")} is {run.GetString("Status")}")),
            Bound
        );
    }

    private async Task AssertEndedRightAsync(WalkDataset dataset, TableEntity run)
    {
        var (id, status, verdict, code) = (run.PartitionKey, run.GetString("Status"), run.GetString("Verdict"), run.GetString("ErrorCode"));
        var blob = app.Blobs.GetBlobContainerClient("runs").GetBlobClient($"{id}/summary.json");
        var summary = await blob.ExistsAsync() ? await app.SummaryAsync(id) : null;
        var told = (string?)summary?["verdict"]?["result"];
        var what = $"{id} of {dataset.Name}: {status} {code}, verdict {verdict}, summary's {told}";
        switch (status)
        {
            case "Completed":
                Assert.True(code is null && verdict is "pass" or "fail" or "inconclusive" && verdict == told, what);
                Assert.True((bool)summary!["isComplete"]!, what);
                await AssertCompleteAsync(dataset, run, summary, what);
                break;
            case "Partial" or "Cancelled":
                Assert.True(
                    code == (status == "Cancelled" ? "cancelled" : code)
                        && verdict is null or "inconclusive"
                        && told is null or "inconclusive",
                    what
                );
                break;
            default:
                // What was replaced cannot be read, and a model that was away for longer than the limit is given up.
                Assert.True(
                    code == "model_unreachable" || (code == "dataset_changed" && dataset.WasReplaced),
                    what + run.GetString("ErrorMessage")
                );
                Assert.True(verdict is null && told is null or "inconclusive", what);
                break;
        }
    }

    /// <summary>Each sample has one outcome, the same in row, summary and samples; and the numbers are those of the answers.</summary>
    private async Task AssertCompleteAsync(WalkDataset dataset, TableEntity run, JsonObject summary, string what)
    {
        var rows = dataset.RowsOf(run);
        var text = await app.SamplesAsync(run.PartitionKey);
        var samples = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(0, rows).Select(number => $"n{number}"), samples.Select(sample => (string)sample["id"]!));
        Assert.Equal(rows, run.GetInt64("Samples"));
        foreach (var role in dataset.HasBaseline ? new[] { "Candidate", "Baseline" } : ["Candidate"])
        {
            var own = samples.Select((sample, number) => (Number: number, Node: sample[role.ToLowerInvariant()]!)).ToList();
            foreach (var (column, name) in Outcomes)
            {
                var count = own.Count(sample => (string?)sample.Node["outcome"] == name);
                Assert.True(
                    count == (run.GetInt64(role + column) ?? 0),
                    $"{what}: {count} samples are {name}, the row says {run.GetInt64(role + column)}."
                );
                Assert.True(
                    count == ((int?)summary["outcomes"]![role.ToLowerInvariant()]![name] ?? 0),
                    $"{what}: {count} samples are {name}, the summary says otherwise."
                );
            }

            Assert.All(
                own,
                sample =>
                    Assert.Equal(
                        Expected(sample.Number, (string)sample.Node["outcome"]!),
                        ((string)sample.Node["outcome"]!, (string?)sample.Node["prediction"])
                    )
            );
            // An outage is no sample's fault; when it outlasts its limit a few of each shard may be given up.
            var givenUp = own.Count(sample => (string?)sample.Node["outcome"] is "exhausted" or "timed_out");
            var few = ((rows / WalkTests.RowsPerShard) + 1) * Math.Max(1, (int)(0.05 * WalkTests.RowsPerShard * 2));
            Assert.True(givenUp <= few, $"{what}: {givenUp} of {rows} samples are given up.");
        }

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), text);
        var offline = new PredictionFile(directory.Combine("samples.jsonl"), SpecReader.Read(dataset.Spec, "evaluation.json")).Score(
            threads: 1
        );
        Assert.Equal(offline.Metrics.Count, summary["metrics"]!.AsArray().Count);
        foreach (var line in summary["metrics"]!.AsArray())
        {
            var same = offline.Metrics.Single(metric =>
                metric.Role == (string?)line!["role"] && metric.Name == (string?)line["name"] && metric.Slice == (string?)line["slice"]
            );
            Assert.Equal((same.Value, same.Lower, same.Upper), ((double?)line!["value"], (double?)line["lower"], (double?)line["upper"]));
        }
    }

    /// <summary>The outcome and the prediction by the endpoint's rule, where there was an answer.</summary>
    private static (string Outcome, string? Prediction) Expected(int number, string outcome)
    {
        if (outcome is "exhausted" or "timed_out")
        {
            return (outcome, null);
        }

        var answer = Parity.Answer(number.ToString(CultureInfo.InvariantCulture)).Text;
        return answer is "even" or "odd" ? ("scored", answer) : ("unparsable", null);
    }
}
