using Azure;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard whose storage fails, or whose process ends, at each of its storage requests in turn.</summary>
public sealed class ShardFaultTests
{
    private const int Rows = 12;

    [Fact]
    public Task Storage_that_refuses_any_one_request_costs_no_answer() => AtEachRequestAsync(Fault.Refused, mostAsked: 1);

    [Fact]
    public Task Storage_whose_answer_to_any_one_request_is_lost_costs_no_answer() =>
        AtEachRequestAsync(Fault.RefusedAfterCommit, mostAsked: 1);

    [Fact]
    public Task Process_that_ends_at_any_request_costs_each_sample_one_call_at_most() => AtEachRequestAsync(fault: null, mostAsked: 2);

    [Fact]
    public async Task Shard_whose_counts_could_not_be_written_is_not_finished()
    {
        await using var harness = await ShardHarness.StartAsync(Rows);
        var table = harness.Tables.Table(StorageNames.RunsTable);
        table.UpsertFault = () => new RequestFailedException(503, "Busy.");
        await Assert.ThrowsAsync<RequestFailedException>(() => harness.EvaluateAsync());

        table.UpsertFault = null;
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var progress = await harness.Get<RunTables>().Progress.ReadAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);
        Assert.Equal(Rows, progress[Roles.Candidate].Scored);
        Assert.All(harness.Requests.Values, times => Assert.Equal(1, times));
    }

    /// <param name="fault">What the request meets; null for the end of the process.</param>
    /// <param name="mostAsked">Calls of the model about one sample, at most.</param>
    private static async Task AtEachRequestAsync(Fault? fault, int mostAsked)
    {
        for (var (request, isReached) = (1, true); isReached; request++)
        {
            // The clock is fast: a call must not be over its time before the endpoint has been given a thread.
            await using var harness = await ShardHarness.StartAsync(
                Rows,
                ("Models:0:Timeout", "00:30:00"),
                ("AzureFunctionsJobHost:functionTimeout", "01:00:00")
            );
            var seen = 0;
            harness.Storage.Faults = _ =>
            {
                if (Interlocked.Increment(ref seen) != request)
                {
                    return Fault.None;
                }

                if (fault is null)
                {
                    harness.Crash();
                }

                return fault ?? Fault.Refused;
            };

            await EvaluateUntilCompletedAsync(harness);

            isReached = Volatile.Read(ref seen) >= request;
            harness.Storage.Faults = null;
            Assert.All(harness.Requests.Values, times => Assert.InRange(times, 1, mostAsked));
            var rows = await harness.RowsAsync();
            Assert.Equal(
                Enumerable.Range(0, Rows).Select(number => ($"n{number}", Outcome.Scored)),
                rows.Select(row => (row.Id, row.Outcome))
            );
            var blobs = harness.Get<RunBlobs>();
            var state = await blobs.ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
            Assert.Equal((Rows, Rows * 10L), ((int)state.Outcomes.Scored, state.InputTokens));
            var plan = await harness.Get<RunPlans>().GetAsync(ShardHarness.RunId, 0, TestContext.Current.CancellationToken);
            var statistics = ShardStatistics.Read(
                await blobs.ReadShardStatisticsAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken),
                plan.Measurer.Layout
            );
            Assert.Equal(Enumerable.Range(0, Rows), statistics!.Select(sample => sample.Ordinal));
        }
    }

    /// <summary>Calls the shard as the orchestration does: again after a fault, and after what it asks to wait.</summary>
    private static async Task EvaluateUntilCompletedAsync(ShardHarness harness)
    {
        while (true)
        {
            var storage = harness.Storage;
            var call = harness.EvaluateAsync();
            while (!call.IsCompleted && harness.Storage == storage)
            {
                harness.Time.Advance(TimeSpan.FromMilliseconds(50));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            // Nobody hears of a process that has ended.
            if (harness.Storage != storage)
            {
                continue;
            }

            try
            {
                var report = await call;
                if (report.Status == ShardStatus.Completed)
                {
                    return;
                }

                harness.Time.Advance(report.RetryAfter);
            }
            catch (RequestFailedException)
            {
                harness.Time.Advance(TimeSpan.FromSeconds(5));
            }
        }
    }
}
