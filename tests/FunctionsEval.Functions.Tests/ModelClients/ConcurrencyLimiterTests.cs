using FunctionsEval.Functions.ModelClients.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>The limiter against simulated endpoints, in simulated time: no threads, no sleeps, the same on every machine.</summary>
public sealed class ConcurrencyLimiterTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Endpoint_without_limit_gets_the_maximum_within_four_rounds()
    {
        var simulation = new Simulation(max: 64);

        simulation.Run(until: Latency * 3.5, (_, _) => Serve());

        Assert.Equal(64, simulation.Limiter.Snapshot().Limit);
        Assert.Equal(64, simulation.MaxInFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(32)]
    public void Maximum_is_never_exceeded(int max)
    {
        var random = new Random(7);
        var simulation = new Simulation(max);

        simulation.Run(until: TimeSpan.FromSeconds(60), (_, _) => random.NextDouble() < 0.05 ? Refuse() : Serve());

        Assert.Equal(max, simulation.MaxInFlight);
    }

    [Fact]
    public void First_throttling_ends_the_doubling_and_then_halves()
    {
        var simulation = new Simulation(max: 1024);

        simulation.RunWithPlaces(until: TimeSpan.FromSeconds(30), places: 20);

        Assert.InRange(simulation.MaxInFlight, 21, 48);
        Assert.InRange(simulation.Limiter.Snapshot().Limit, 10, 24);
    }

    [Fact]
    public void Endpoint_with_twenty_places_is_kept_busy_with_few_refusals()
    {
        var simulation = new Simulation(max: 256);

        simulation.RunWithPlaces(until: TimeSpan.FromSeconds(60), places: 20);

        // The most it could have served is 20 places / 0.2 s × 60 s = 6000.
        Assert.InRange(simulation.Served, 6000 * 0.95, 6000);
        Assert.InRange(simulation.Refused, 1, simulation.Served * 0.05);
    }

    [Fact]
    public void Endpoint_with_a_rate_limit_is_not_hammered()
    {
        // 50 a second, counted per second, as deployments do; refusals come back in 20 ms. Ten places would do.
        long second = -1;
        var used = 0;
        var simulation = new Simulation(max: 256);

        simulation.Run(
            until: TimeSpan.FromSeconds(60),
            (now, _) =>
            {
                if ((long)now.TotalSeconds != second)
                {
                    (second, used) = ((long)now.TotalSeconds, 0);
                }

                return ++used <= 50 ? Serve() : (TimeSpan.FromMilliseconds(20), SlotResult.Throttled);
            }
        );

        Assert.InRange(simulation.Served, 3000 * 0.9, 3000);
        Assert.InRange(simulation.Refused, 1, simulation.Served);
        Assert.InRange(simulation.Limiter.Snapshot().Limit, 1, 24);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.03)]
    public void Throttling_at_random_does_not_cost_the_concurrency(double share)
    {
        // What concurrency has nothing to do with, a lower concurrency cannot cure. Best possible: 64 / 0.2 s × 60 s, less the share.
        var random = new Random(11);
        var simulation = new Simulation(max: 64);

        simulation.Run(until: TimeSpan.FromSeconds(60), (_, _) => random.NextDouble() < share ? Refuse() : Serve());

        var best = 64 / 0.2 * 60 * (1 - share);
        Assert.InRange(simulation.Served, best * 0.75, best * 1.05);
    }

    [Fact]
    public void Limit_follows_an_endpoint_that_shrinks_and_recovers()
    {
        var simulation = new Simulation(max: 64);

        simulation.RunWithPlaces(until: TimeSpan.FromSeconds(5), places: 64);
        var before = simulation.Limiter.Snapshot().Limit;
        simulation.RunWithPlaces(until: TimeSpan.FromSeconds(15), places: 8);
        var during = simulation.Limiter.Snapshot().Limit;
        simulation.RunWithPlaces(until: TimeSpan.FromSeconds(60), places: 64);

        Assert.Equal(64, before);
        Assert.InRange(during, 4, 12);
        Assert.Equal(64, simulation.Limiter.Snapshot().Limit);
    }

    [Theory]
    [InlineData(32, 0.2)]
    [InlineData(32, 2)]
    [InlineData(256, 0.2)]
    public void Concurrency_is_back_within_rounds_after_an_endpoint_that_was_away(int max, double seconds)
    {
        var latency = TimeSpan.FromSeconds(seconds);
        var simulation = new Simulation(max);
        simulation.Run(until: latency * 20, (_, _) => (latency, SlotResult.Served));
        var back = (latency * 20) + TimeSpan.FromMinutes(1);
        simulation.Run(until: back, (_, _) => (latency / 10, SlotResult.Throttled));
        var during = simulation.Limiter.Snapshot().Limit;

        simulation.Run(until: back + (latency * 20), (_, _) => (latency, SlotResult.Served));

        Assert.Equal(1, during);
        Assert.Equal(max, simulation.Limiter.Snapshot().Limit);
    }

    [Fact]
    public void Lost_connections_teach_nothing()
    {
        var simulation = new Simulation(max: 64);

        simulation.Run(until: TimeSpan.FromSeconds(10), (_, _) => (Latency, SlotResult.Unknown));

        Assert.Equal(8, simulation.Limiter.Snapshot().Limit);
    }

    [Fact]
    public void Idle_model_does_not_grow()
    {
        var limiter = new ConcurrencyLimiter(64, new FakeTimeProvider());

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(limiter.AcquireAsync(default).IsCompletedSuccessfully);
            limiter.Release(SlotResult.Served, Latency);
        }

        Assert.Equal(8, limiter.Snapshot().Limit);
    }

    [Fact]
    public async Task Waiting_is_first_come_first_served_and_a_cancelled_waiter_takes_no_slot()
    {
        var limiter = new ConcurrencyLimiter(1, new FakeTimeProvider());
        using var cancellation = new CancellationTokenSource();
        await limiter.AcquireAsync(default);
        var cancelled = limiter.AcquireAsync(cancellation.Token);
        var first = limiter.AcquireAsync(default);
        var second = limiter.AcquireAsync(default);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        limiter.Release(SlotResult.Served, Latency);
        await first;

        Assert.False(second.IsCompleted);
        Assert.Equal(new LimiterSnapshot(InFlight: 1, Limit: 1, Waiting: 1, Calls: 1, Throttled: 0), limiter.Snapshot());
        limiter.Release(SlotResult.Served, Latency);
        await second;
        limiter.Release(SlotResult.Served, Latency);
        Assert.Equal(0, limiter.Snapshot().InFlight);
    }

    [Fact]
    public async Task Many_threads_never_exceed_the_maximum_and_lose_no_slot()
    {
        var limiter = new ConcurrencyLimiter(5, TimeProvider.System);
        int inFlight = 0,
            most = 0;

        await Parallel.ForAsync(
            0,
            5000,
            new ParallelOptions { MaxDegreeOfParallelism = 40 },
            async (i, _) =>
            {
                using var impatience = new CancellationTokenSource();
                if (i % 7 == 0)
                {
                    impatience.CancelAfter(TimeSpan.FromTicks(i));
                }

                try
                {
                    await limiter.AcquireAsync(impatience.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                var now = Interlocked.Increment(ref inFlight);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref inFlight);
                limiter.Release(i % 3 == 0 ? SlotResult.Throttled : SlotResult.Served, Latency);
            }
        );

        Assert.InRange(most, 1, 5);
        Assert.Equal((0, 0), (limiter.Snapshot().InFlight, limiter.Snapshot().Waiting));

        static void InterlockedMax(ref int target, int value)
        {
            for (var seen = Volatile.Read(ref target); value > seen; )
            {
                seen = Interlocked.CompareExchange(ref target, value, seen);
            }
        }
    }

    private static (TimeSpan, SlotResult) Serve() => (Latency, SlotResult.Served);

    private static (TimeSpan, SlotResult) Refuse() => (Latency, SlotResult.Throttled);

    /// <summary>A caller with endless work, one event after the other.</summary>
    private sealed class Simulation
    {
        private readonly FakeTimeProvider _time = new();
        private readonly DateTimeOffset _start;
        private readonly PriorityQueue<(TimeSpan Latency, SlotResult Result), (DateTimeOffset At, long Order)> _underWay = new();
        private long _sent;
        private int _taken;

        public Simulation(int max)
        {
            Limiter = new ConcurrencyLimiter(max, _time);
            _start = _time.GetUtcNow();
        }

        public ConcurrencyLimiter Limiter { get; }

        public int MaxInFlight { get; private set; }

        public int Served { get; private set; }

        public int Refused { get; private set; }

        /// <summary>Lets an endpoint know that one of its places is free again.</summary>
        public Action<SlotResult>? Ended { get; set; }

        /// <summary>Runs against an endpoint that serves so many requests at once and refuses more in a tenth of the time.</summary>
        public void RunWithPlaces(TimeSpan until, int places)
        {
            var taken = _taken;
            Ended = result => taken -= result == SlotResult.Served ? 1 : 0;
            Run(
                until,
                (_, _) =>
                {
                    if (taken >= places)
                    {
                        return (Latency / 10, SlotResult.Throttled);
                    }

                    taken++;
                    return Serve();
                }
            );
            _taken = taken;
        }

        public void Run(TimeSpan until, Func<TimeSpan, int, (TimeSpan Latency, SlotResult Result)> endpoint)
        {
            while (_time.GetUtcNow() - _start < until)
            {
                while (Limiter.Snapshot() is var snapshot && snapshot.InFlight < snapshot.Limit)
                {
                    Assert.True(Limiter.AcquireAsync(default).IsCompletedSuccessfully);
                    MaxInFlight = Math.Max(MaxInFlight, snapshot.InFlight + 1);
                    (var latency, var result) = endpoint(_time.GetUtcNow() - _start, snapshot.InFlight + 1);
                    var at = _time.GetUtcNow() + latency;
                    _underWay.Enqueue((latency, result), (at, _sent++));
                }
                _underWay.TryDequeue(out (TimeSpan Took, SlotResult Result) ended, out var next);
                _time.Advance(next.At - _time.GetUtcNow());
                Ended?.Invoke(ended.Result);
                if (ended.Result == SlotResult.Served)
                {
                    Served++;
                }
                else
                {
                    Refused++;
                }

                Limiter.Release(ended.Result, ended.Took);
            }
        }
    }
}
