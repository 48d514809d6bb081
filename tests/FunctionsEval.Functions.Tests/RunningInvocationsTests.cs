namespace FunctionsEval.Functions.Tests;

/// <summary>A worker that is asked to end waits for what runs in it.</summary>
public sealed class RunningInvocationsTests
{
    [Fact]
    public async Task Worker_stops_once_the_invocations_under_way_have_ended()
    {
        var invocations = new RunningInvocations();
        var finish = new TaskCompletionSource();
        var running = invocations.Invoke(null!, _ => finish.Task);

        var stopped = invocations.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopped.IsCompleted);
        finish.SetResult();

        await running;
        await stopped;
    }

    [Fact]
    public async Task Worker_without_invocations_stops_at_once()
    {
        var invocations = new RunningInvocations();
        await Assert.ThrowsAsync<InvalidOperationException>(() => invocations.Invoke(null!, _ => throw new InvalidOperationException()));
        await invocations.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Worker_whose_time_is_up_waits_no_longer()
    {
        var invocations = new RunningInvocations();
        _ = invocations.Invoke(null!, _ => new TaskCompletionSource().Task);
        await invocations.StopAsync(new CancellationToken(canceled: true));
    }
}
