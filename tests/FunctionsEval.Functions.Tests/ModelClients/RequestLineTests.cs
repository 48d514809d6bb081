using FunctionsEval.Functions.ModelClients.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.ModelClients;

public sealed class RequestLineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrencyLimiter _slots;

    public RequestLineTests() => _slots = new ConcurrencyLimiter(4, _time);

    [Fact]
    public async Task Small_requests_do_not_overtake_a_large_one()
    {
        // Ten tokens a second. The large request needs the whole bucket, which small ones would empty again and again.
        var line = Line(tokensPerMinute: 600);
        await PassAsync(line, 10);
        var large = PassAsync(line, 100);
        Task[] small = [.. Enumerable.Range(0, 50).Select(_ => PassAsync(line, 1))];

        _time.Advance(TimeSpan.FromSeconds(1.1));
        await large;

        Assert.All(small, request => Assert.False(request.IsCompleted));
    }

    [Fact]
    public async Task Requests_pass_in_the_order_in_which_they_came()
    {
        // With one slot, the next cannot pass before this one has given it back.
        var slot = new ConcurrencyLimiter(1, _time);
        var line = new RequestLine(null, new TokenBucket(600, _time), slot);
        await PassAsync(line, 10);
        Task[] waiting = [.. new[] { 9, 1, 5, 2 }.Select(tokens => PassAsync(line, tokens))];

        for (var next = 0; next < waiting.Length; next++)
        {
            slot.Release(SlotResult.Served, TimeSpan.FromSeconds(1));
            await AdvanceUntilAsync(Task.WhenAny(waiting[next..]));
            Assert.Equal([next], Enumerable.Range(next, waiting.Length - next).Where(request => waiting[request].IsCompleted));
        }
    }

    [Fact]
    public async Task Request_that_waits_for_a_budget_holds_no_slot()
    {
        var line = Line(requestsPerMinute: 60, tokensPerMinute: 600);
        await PassAsync(line, 10);
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => PassAsync(line, 10))];

        Assert.All(waiting, request => Assert.False(request.IsCompleted));
        Assert.Equal((1, 0), (_slots.Snapshot().InFlight, _slots.Snapshot().Waiting));
    }

    [Fact]
    public async Task What_is_waited_off_while_all_slots_are_taken_is_not_sent_on_top_of_the_next_minute()
    {
        var line = Line(requestsPerMinute: 60);
        for (var request = 0; request < 4; request++)
        {
            await PassAsync(line, 0);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Task[] waiting = [.. Enumerable.Range(0, 4).Select(_ => PassAsync(line, 0))];
        _time.Advance(TimeSpan.FromMinutes(2));
        for (var slot = 0; slot < 4; slot++)
        {
            _slots.Release(SlotResult.Served, TimeSpan.FromSeconds(1));
        }

        await waiting[0];
        // The bucket holds one request, however long nothing was sent: the other three find it empty.
        Assert.All(waiting[1..], request => Assert.False(request.IsCompleted));
        Assert.Equal(1, _slots.Snapshot().InFlight);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Request_that_is_cancelled_leaves_the_line_at_once_and_the_others_pass(int cancelled)
    {
        var line = Line(tokensPerMinute: 600);
        await PassAsync(line, 10);
        using var cancel = new CancellationTokenSource();
        Task[] waiting =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(number => line.PassAsync(10, number == cancelled ? cancel.Token : TestContext.Current.CancellationToken)),
        ];

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[cancelled]);

        var other = waiting[1 - cancelled];
        await AdvanceUntilAsync(other);
        await other;
        Assert.Equal((2, 0), (_slots.Snapshot().InFlight, _slots.Snapshot().Waiting));
    }

    [Fact]
    public async Task Request_that_is_cancelled_while_it_waits_for_a_slot_has_spent_nothing()
    {
        var tokens = new TokenBucket(600, _time);
        var line = new RequestLine(null, tokens, _slots);
        for (var slot = 0; slot < 4; slot++)
        {
            await _slots.AcquireAsync(TestContext.Current.CancellationToken);
        }

        using var cancel = new CancellationTokenSource();
        var waiting = line.PassAsync(10, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(TimeSpan.Zero, tokens.WaitFor(10));
    }

    [Fact]
    public async Task Requests_of_every_size_pass_and_no_minute_sees_more_than_configured()
    {
        const int PerMinute = 600;
        var random = new Random(7);
        var budget = new TokenBucket(PerMinute, _time);
        var line = new RequestLine(null, budget, _slots);
        var passed = new List<(DateTimeOffset At, int Tokens)>();
        foreach (var tokens in Enumerable.Range(0, 400).Select(_ => random.Next(1, 10)))
        {
            var wait = budget.WaitFor(tokens);
            var request = PassAsync(line, tokens);
            _time.Advance(wait);
            await request;
            passed.Add((_time.GetUtcNow(), tokens));
            _slots.Release(SlotResult.Served, TimeSpan.FromSeconds(1));
        }

        foreach (var (at, _) in passed)
        {
            Assert.InRange(
                passed.Where(other => other.At >= at && other.At < at + TimeSpan.FromMinutes(1)).Sum(other => other.Tokens),
                0,
                PerMinute
            );
        }
    }

    private RequestLine Line(int? requestsPerMinute = null, int? tokensPerMinute = null) =>
        new(
            requestsPerMinute is { } requests ? new TokenBucket(requests, _time) : null,
            tokensPerMinute is { } tokens ? new TokenBucket(tokens, _time) : null,
            _slots
        );

    private static Task PassAsync(RequestLine line, int tokens) => line.PassAsync(tokens, TestContext.Current.CancellationToken);

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }
    }
}
