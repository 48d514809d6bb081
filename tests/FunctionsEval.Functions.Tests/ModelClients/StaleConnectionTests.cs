using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Servers that close a connection which they said they would keep, in the moment in which it is used again.</summary>
public sealed class StaleConnectionTests
{
    private const int Samples = 8;

    [Theory]
    [InlineData(SecondRequest.ComesTooLate, true, 10)]
    [InlineData(SecondRequest.ComesTooLate, false, 10)]
    [InlineData(SecondRequest.ComesTooLateForReset, true, 10)]
    // A body that is sent in many pieces, which the server resets half way.
    [InlineData(SecondRequest.ComesTooLate, true, 300_000)]
    [InlineData(SecondRequest.ComesTooLate, false, 300_000)]
    [InlineData(SecondRequest.ComesTooLateForReset, true, 300_000)]
    internal async Task Request_that_a_closed_connection_swallows_is_sent_on_a_new_one_and_is_no_attempt(
        SecondRequest second,
        bool streams,
        int length
    )
    {
        await using var server = new ClosingServer(second, streams);
        await using var harness = CallHarness.Create(server: null, server.Endpoint, identity: null);

        for (var sample = 0; sample < Samples; sample++)
        {
            var completion = CallResults.Answered(await AskAsync(harness, length, streams));
            Assert.Equal(("billing", 1, 12, 2), (completion.Text, completion.Attempts, completion.InputTokens, completion.OutputTokens));
        }

        Assert.Equal((Samples, Samples), (server.Read, server.Served));
        Assert.Empty(harness.Time.Waits);
    }

    [Fact]
    public async Task Requests_at_the_same_time_are_each_served_once()
    {
        await using var server = new ClosingServer(SecondRequest.ComesTooLate, streams: true);
        await using var harness = CallHarness.Create(server: null, server.Endpoint, identity: null, ("Models:0:MaxConcurrency", "4"));

        var results = await Task.WhenAll(Enumerable.Range(0, 10 * Samples).Select(_ => AskAsync(harness, 10, stream: true)));

        Assert.All(results, result => Assert.Equal(1, CallResults.Answered(result).Attempts));
        Assert.Equal(10 * Samples, server.Read);
    }

    /// <summary>The server has read the request, and may have been paid for it.</summary>
    [Theory]
    [InlineData(SecondRequest.IsReadAndReset, false)]
    [InlineData(SecondRequest.IsAnsweredInPart, false)]
    [InlineData(SecondRequest.IsAnsweredInPart, true)]
    internal async Task Request_that_the_server_has_read_is_an_attempt(SecondRequest second, bool streams)
    {
        await using var server = new ClosingServer(second, streams);
        await using var harness = CallHarness.Create(server: null, server.Endpoint, identity: null);

        Assert.Equal(1, CallResults.Answered(await AskAsync(harness, 10, streams)).Attempts);
        Assert.Equal(2, CallResults.Answered(await AskAsync(harness, 10, streams)).Attempts);
        Assert.Equal(3, server.Read);
    }

    private static Task<ModelCallResult> AskAsync(CallHarness harness, int length, bool stream) =>
        harness.CallAsync(
            "m",
            new ModelRequest
            {
                Messages = [new("user", new string('x', length))],
                Sampling = new SamplingSpec { Stream = stream },
            },
            TestContext.Current.CancellationToken
        );
}
