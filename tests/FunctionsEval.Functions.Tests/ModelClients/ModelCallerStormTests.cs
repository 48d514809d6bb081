using System.Collections.Concurrent;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Many calls at once against an endpoint with every fault at once.</summary>
public sealed class ModelCallerStormTests
{
    private static readonly RequestDelegate[] Faults =
    [
        Replies.Throttle(),
        Replies.Json(200, """{"choices":[{"mess"""),
        Replies.Reset("application/json", ""),
        Replies.Error(500, "server_error"),
        Replies.Json(200, """{"choices":[]}"""),
        Replies.Reset("application/json", """{"choices":"""),
        Replies.Html(200),
        Replies.Throttle(("retry-after-ms", "3")),
    ];

    [Fact]
    public async Task Every_call_is_answered_and_every_request_is_accounted_for()
    {
        // Sample n meets n % 4 faults, each time others, before its answer.
        const int Samples = 800;
        var seen = new ConcurrentDictionary<int, int>();
        await using var server = await ModelServer.StartAsync(AnswerAsync);
        await using var harness = CallHarness.Create(
            server,
            $"http://127.0.0.1:{server.Port}/v1",
            null,
            TimeProvider.System,
            ("Models:0:MaxConcurrency", "12"),
            ("ModelCalls:BaseDelay", "00:00:00.002"),
            ("ModelCalls:MaxDelay", "00:00:00.010")
        );

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, Samples)
                .Select(sample =>
                    harness.CallAsync(
                        "m",
                        new ModelRequest { Messages = [new ChatMessage("user", $"{sample}")] },
                        TestContext.Current.CancellationToken
                    )
                )
        );

        Assert.Equal(
            Enumerable.Range(0, Samples).Select(sample => 1 + (sample % 4)),
            results.Select(result => CallResults.Answered(result).Attempts)
        );
        Assert.Equal(Samples + (Samples / 4 * (1 + 2 + 3)), server.Ledger.Count);
        Assert.True(harness.Registry.TryGet("m", out var model));
        var snapshot = model.Limiter.Snapshot();
        Assert.Equal((0, 0, (long)server.Ledger.Count), (snapshot.InFlight, snapshot.Waiting, snapshot.Calls));

        Task AnswerAsync(HttpContext context)
        {
            var sample = int.Parse(
                ModelServer.BodyOf(context).GetProperty("messages")[0].GetProperty("content").GetString()!,
                System.Globalization.CultureInfo.InvariantCulture
            );
            var request = seen.AddOrUpdate(sample, 1, (_, count) => count + 1);
            return request <= sample % 4 ? Faults[(sample + request) % Faults.Length](context) : Replies.Ok(context);
        }
    }

    [Fact]
    public async Task Requests_under_way_reach_the_maximum_and_never_exceed_it()
    {
        // The endpoint answers only when as many requests as are allowed have come together: one fewer and this test would never end.
        const int Max = 4;
        int inFlight = 0,
            most = 0,
            arrived = 0;
        var gate = new Lock();
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var harness = await CallHarness.StartAsync([("Models:0:MaxConcurrency", $"{Max}")], AnswerAsync);

        var results = await Task.WhenAll(Enumerable.Range(0, 10 * Max).Select(_ => harness.CallAsync()));

        Assert.All(results, result => CallResults.Answered(result));
        Assert.Equal(Max, most);

        async Task AnswerAsync(HttpContext context)
        {
            Task mine;
            lock (gate)
            {
                most = Math.Max(most, ++inFlight);
                mine = together.Task;
                if (++arrived % Max == 0)
                {
                    together.SetResult();
                    together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
            await mine;
            // Before the answer: a client may have its next request on the way before this method returns.
            lock (gate)
            {
                inFlight--;
            }

            await Replies.Ok(context);
        }
    }
}
