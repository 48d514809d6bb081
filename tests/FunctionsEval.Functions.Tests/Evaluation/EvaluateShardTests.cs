using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

public sealed class EvaluateShardTests
{
    [Fact]
    public async Task Host_that_stops_lets_calls_in_flight_finish_and_pays_nothing_twice()
    {
        await using var harness = await ShardHarness.StartAsync(20);
        var answered = new TaskCompletionSource();
        harness.Answer = async (row, context) =>
        {
            await answered.Task;
            await ShardHarness.RightAsync(row, context);
        };
        using var host = new CancellationTokenSource();
        var call = harness.EvaluateAsync(host.Token);
        await UntilAsync(() => harness.Requests.Count == 4);

        await host.CancelAsync();
        answered.SetResult();
        var report = await call;

        Assert.Equal((ShardStatus.Incomplete, 4), (report.Status, report.Progress));
        Assert.Equal(4, (await harness.RowsAsync()).Count);
        Assert.EndsWith("{\"session\":\"closed\"}\n", harness.LogText(), StringComparison.Ordinal);
        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(20, harness.Requests.Values.Sum());
    }

    [Fact]
    public async Task Host_that_stops_waits_for_calls_in_flight_no_longer_than_the_setting_says()
    {
        await using var harness = await ShardHarness.StartAsync(20, ("Evaluation:ShutdownGrace", "00:00:07"));
        harness.Answer = (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        using var host = new CancellationTokenSource();
        var call = harness.EvaluateAsync(host.Token);
        await UntilAsync(() => harness.Requests.Count == 4);

        await host.CancelAsync();
        harness.Time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(call.IsCompleted);
        harness.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(ShardStatus.Incomplete, (await call).Status);
        Assert.EndsWith("{\"session\":\"closed\"}\n", harness.LogText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_that_stops_without_any_grace_leaves_at_once_and_closes_the_log()
    {
        await using var harness = await ShardHarness.StartAsync(20, ("Evaluation:ShutdownGrace", "00:00:00"));
        harness.Answer = (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        using var host = new CancellationTokenSource();
        var call = harness.EvaluateAsync(host.Token);
        await UntilAsync(() => harness.Requests.Count == 4);

        await host.CancelAsync();

        await UntilAsync(() =>
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(1));
            return call.IsCompleted;
        });
        Assert.Equal((ShardStatus.Incomplete, 0), ((await call).Status, (await call).Progress));
        Assert.EndsWith("{\"session\":\"closed\"}\n", harness.LogText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soft_deadline_holds_for_samples_that_wait_for_the_quota()
    {
        await using var harness = await ShardHarness.StartAsync(
            20,
            ("Models:0:RequestsPerMinute", "1"),
            ("Evaluation:ShardSoftDeadline", "00:00:30")
        );
        var call = harness.EvaluateAsync();
        await UntilAsync(() => harness.Requests.Count == 1 && harness.LogText().Contains("\"ordinal\"", StringComparison.Ordinal));

        harness.Time.Advance(TimeSpan.FromSeconds(30));
        var report = await call;

        Assert.Equal((ShardStatus.Incomplete, 1), (report.Status, report.Progress));
        Assert.Equal(1, harness.Requests.Values.Sum());
    }

    [Fact]
    public async Task Soft_deadline_leaves_room_for_a_models_time_out_whatever_the_setting_says()
    {
        await using var harness = await ShardHarness.StartAsync(
            20,
            ("Models:0:Timeout", "00:05:00"),
            ("Models:0:RequestsPerMinute", "1"),
            ("Evaluation:ShardSoftDeadline", "00:30:00"),
            ("AzureFunctionsJobHost:functionTimeout", "00:06:30")
        );
        var call = harness.EvaluateAsync();
        await UntilAsync(() => harness.Requests.Count == 1 && harness.LogText().Contains("\"ordinal\"", StringComparison.Ordinal));

        // 6.5 minutes, less five for a call and one for its end.
        harness.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(ShardStatus.Incomplete, (await call).Status);
    }

    [Fact]
    public async Task Storage_that_refuses_appends_costs_no_answer()
    {
        // The clock is fast: a call must not be over its time before the endpoint has been given a thread.
        await using var harness = await ShardHarness.StartAsync(
            60,
            ("Evaluation:ShardSoftDeadline", "00:20:00"),
            ("Models:0:Timeout", "00:19:00"),
            ("AzureFunctionsJobHost:functionTimeout", "00:45:00")
        );
        var isAway = 0;
        harness.Storage.Faults = request =>
            Volatile.Read(ref isAway) == 1 && request.RequestUri!.Query.Contains("appendblock", StringComparison.Ordinal)
                ? Fault.Refused
                : Fault.None;
        var gate = new SemaphoreSlim(0);
        harness.Answer = async (row, context) =>
        {
            await gate.WaitAsync(context.RequestAborted);
            await ShardHarness.RightAsync(row, context);
        };
        var call = harness.EvaluateAsync();
        gate.Release(10);
        await UntilAsync(() => harness.Requests.Count == 14);
        Volatile.Write(ref isAway, 1);
        gate.Release(1000);
        // What was handed out is answered; nothing is handed out while the append is late.
        for (var seconds = 0; seconds < 18; seconds++)
        {
            harness.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Volatile.Write(ref isAway, 0);
        await UntilAsync(() =>
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(200));
            return call.IsCompleted;
        });

        Assert.Equal(ShardStatus.Completed, (await call).Status);
        Assert.Equal(60, harness.Requests.Values.Sum());
    }

    [Fact]
    public async Task Sample_that_ends_the_process_is_set_aside_after_three_ends_and_the_others_are_evaluated()
    {
        await using var harness = await ShardHarness.StartAsync(100);
        var deaths = await EvaluateWithCrashesAsync(harness, (row, _) => row == "57");

        Assert.Equal(3, deaths);
        Assert.Equal(3, harness.Requests["57"]);
        var rows = await harness.RowsAsync();
        Assert.Equal(100, rows.Count);
        var aside = Assert.Single(rows, row => row.Outcome == Outcome.Exhausted);
        Assert.Equal("n57", aside.Id);
        Assert.StartsWith("process_ended", aside.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 1)]
    [InlineData(17, 3)]
    [InlineData(40, 20)]
    [InlineData(99, 1)]
    public async Task Two_ends_of_processes_that_are_no_samples_fault_set_nothing_aside(int first, int second)
    {
        await using var harness = await ShardHarness.StartAsync(100);
        var deaths = 0;
        var since = 0;
        Assert.Equal(
            2,
            await EvaluateWithCrashesAsync(
                harness,
                (_, _) =>
                {
                    if (Interlocked.Increment(ref since) < (deaths == 0 ? first : second) || deaths == 2)
                    {
                        return false;
                    }

                    (deaths, since) = (deaths + 1, 0);
                    return true;
                }
            )
        );

        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Scored, row.Outcome));
        Assert.Equal(100, (await harness.RowsAsync()).Count);
    }

    [Fact]
    public async Task Hosts_that_stop_in_order_make_nothing_suspect()
    {
        await using var harness = await ShardHarness.StartAsync(60);
        for (var stops = 1; stops <= 3; stops++)
        {
            using var host = new CancellationTokenSource();
            var stop = stops * 10;
            harness.Answer = async (row, context) =>
            {
                if (harness.Requests.Count > stop)
                {
                    await host.CancelAsync();
                }

                await ShardHarness.RightAsync(row, context);
            };
            Assert.Equal(ShardStatus.Incomplete, (await harness.EvaluateAsync(host.Token)).Status);
            harness.NewProcess();
        }

        harness.Answer = ShardHarness.RightAsync;
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(60, harness.Requests.Values.Sum());
        Assert.DoesNotContain("together", harness.LogText(), StringComparison.Ordinal);
    }

    /// <summary>Calls the shard until it is finished; where a request is deadly, the process ends before it is answered.</summary>
    /// <returns>How many processes ended.</returns>
    private static async Task<int> EvaluateWithCrashesAsync(ShardHarness harness, Func<string, int, bool> isDeadly)
    {
        for (var deaths = 0; ; deaths++)
        {
            var died = new TaskCompletionSource();
            var gate = new Lock();
            harness.Answer = async (row, context) =>
            {
                lock (gate)
                {
                    if (!died.Task.IsCompleted && isDeadly(row, deaths))
                    {
                        harness.Crash();
                        died.SetResult();
                    }
                }

                if (died.Task.IsCompleted)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                }

                await ShardHarness.RightAsync(row, context);
            };
            using var process = new CancellationTokenSource();
            var call = harness.EvaluateAsync(process.Token);
            if (await Task.WhenAny(call, died.Task) == call)
            {
                Assert.Equal(ShardStatus.Completed, (await call).Status);
                return deaths;
            }
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
