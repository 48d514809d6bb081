using System.Globalization;
using System.IO.Compression;
using System.Text;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// An endpoint that is broken, or means harm: what it sends comes to an outcome that is documented, and memory is bounded by what was asked
/// for.
/// </summary>
public sealed class HostileEndpointTests
{
    public static TheoryData<string, string> Bodies =>
        new()
        {
            { "endless JSON", CallReasons.BodyTooLarge },
            { "endless stream", CallReasons.BodyTooLarge },
            { "endless line", CallReasons.BodyTooLarge },
            { "endless comments", CallReasons.BodyTooLarge },
            { "announced length", CallReasons.BodyTooLarge },
            { "deep JSON", CallReasons.UnreadableBody },
            { "gzip", CallReasons.UnreadableBody },
            { "page", CallReasons.UnreadableBody },
            { "nothing", CallReasons.UnreadableBody },
            { "huge headers", CallReasons.ConnectionBroken },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_that_is_no_answer_comes_to_a_named_outcome(string kind, string reason)
    {
        await using var harness = await CallHarness.StartAsync(context => SendAsync(context, kind));

        var result = await harness.CallAsync(new SamplingSpec { Stream = true });

        var failed = result as ModelCallResult.Failed ?? Assert.IsType<ModelCallResult.Unreachable>(result).IfGivenUp;
        Assert.Equal((Outcome.Exhausted, reason), (failed.Outcome, failed.Reason));
        // Default 256 tokens: 64 KiB, and 1 KiB a token.
        Assert.Equal(
            reason == CallReasons.BodyTooLarge,
            failed.Message.Contains("at most 327680 bytes are read; ask for fewer tokens", StringComparison.Ordinal)
        );
    }

    /// <summary>Servers behind proxies: the body says what it is, whatever the header says.</summary>
    [Theory]
    [InlineData("application/json", true)]
    [InlineData("text/plain", true)]
    [InlineData("", true)]
    [InlineData("text/event-stream", false)]
    [InlineData("text/html", false)]
    public async Task Wrong_content_type_does_not_lose_a_paid_answer(string contentType, bool isStream)
    {
        var body = isStream
            ? "\n: ping\n\nevent: x\ndata: {\"choices\":[{\"delta\":{\"content\":\"billing\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
            : "\uFEFF " + Replies.Answer;
        await using var harness = await CallHarness.StartAsync(async context =>
        {
            context.Response.ContentType = contentType;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        });

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal(("billing", 1), (completion.Text, completion.Attempts));
    }

    [Fact]
    public async Task Length_that_is_only_announced_takes_no_memory()
    {
        using var content = new MemoryStream("{}"u8.ToArray());
        await using var body = new BodyStream(content, ResponseBody.MaxBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = await ResponseBody.ReadAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal(2, read.Length);
        // A buffer for copying, and the smallest one to keep.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
    }

    [Fact]
    public async Task Long_bodies_wait_until_there_is_room_and_short_ones_do_not()
    {
        using var budget = new BodyBudget();
        var bodies = BodyBudget.MaxBytes / ResponseBody.MaxBytes;
        var held = new List<BodyStream>();
        for (var i = 0; i < bodies; i++)
        {
            held.Add(await OpenAsync(budget, ResponseBody.BaseBytes + 1));
        }

        Assert.Equal(0, budget.AvailableBytes);

        await using var shortBody = await OpenAsync(budget, ResponseBody.BaseBytes);
        var waiting = OpenAsync(budget, ResponseBody.BaseBytes + 1);
        Assert.False(waiting.IsCompleted);
        await held[0].DisposeAsync();
        await (await waiting).DisposeAsync();
        foreach (var body in held.Skip(1))
        {
            await body.DisposeAsync();
        }

        Assert.Equal(BodyBudget.MaxBytes, budget.AvailableBytes);
    }

    /// <summary>A stream lasts as long as the model writes, so those that are read event by event must not wait for each other.</summary>
    [Theory]
    [InlineData("a", true)]
    [InlineData("a text that is long enough to fill what each stream may hold without waiting", false)]
    public async Task Stream_waits_for_room_only_for_what_is_kept_of_it(string content, bool isRead)
    {
        using var budget = new BodyBudget();
        using var lease = await budget.AcquireAsync(BodyBudget.MaxBytes, TestContext.Current.CancellationToken);
        var events =
            string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\"" + content + "\"}}]}\n\n", 3000))
            + "data: [DONE]\n\n";
        await using var body = new BodyStream(new MemoryStream(Encoding.UTF8.GetBytes(events)), ResponseBody.MaxBytes, budget);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var model = new ModelOptions
        {
            Section = "Models__0",
            Name = "m",
            Endpoint = new Uri("http://127.0.0.1/v1"),
            Deployment = "d",
        };
        var reading = AnswerStream.ReadAsync(
            body,
            new ModelExchange(model, new ModelRequest(), new PartialAnswer()),
            () => TimeSpan.Zero,
            stop.Token
        );

        // Reading from memory ends in the call itself, unless it waits for room.
        Assert.Equal(isRead, reading.IsCompleted);
        await stop.CancelAsync();
        if (isRead)
        {
            Assert.Equal(
                3000,
                Assert.IsType<ModelCallResult.Answered>(Assert.IsType<AttemptResult.Ended>(await reading).Result).Completion.Text.Length
            );
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }
    }

    [Fact]
    public async Task Call_that_is_cancelled_while_its_body_waits_gives_nothing_away()
    {
        using var budget = new BodyBudget();
        using var lease = await budget.AcquireAsync(BodyBudget.MaxBytes, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        await using var body = new BodyStream(new MemoryStream(new byte[ResponseBody.BaseBytes + 1]), ResponseBody.MaxBytes, budget);

        var reading = ResponseBody.ReadAsync(body, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static async Task<BodyStream> OpenAsync(BodyBudget budget, int bytes)
    {
        var body = new BodyStream(new MemoryStream(new byte[bytes]), ResponseBody.MaxBytes, budget);
        await body.ReadExactlyAsync(new byte[ResponseBody.BaseBytes], TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[bytes - ResponseBody.BaseBytes], TestContext.Current.CancellationToken);
        return body;
    }

    private static async Task SendAsync(HttpContext context, string kind)
    {
        var response = context.Response;
        response.ContentType = kind is "endless stream" or "endless line" or "endless comments" ? "text/event-stream" : "application/json";
        switch (kind)
        {
            case "endless JSON":
                await RepeatAsync(response, "{\"choices\":[", "{\"message\":{\"content\":\"x\"}},");
                break;
            case "endless stream":
                await RepeatAsync(response, "", "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
                break;
            case "endless line":
                await RepeatAsync(response, "data: ", new string('x', 1000));
                break;
            case "endless comments":
                await RepeatAsync(response, "", ": ping\n\n");
                break;
            case "announced length":
                response.Headers.ContentLength = 1L << 40;
                await response.WriteAsync("{");
                break;
            case "deep JSON":
                await response.WriteAsync(string.Concat(Enumerable.Repeat("{\"choices\":[", 20_000)));
                break;
            case "gzip":
                response.Headers.ContentEncoding = "gzip";
                await using (var zip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true))
                {
                    await zip.WriteAsync(new byte[20_000_000]);
                }

                break;
            case "page":
                await response.WriteAsync("<html><body>SECRET-PROMPT</body></html>");
                break;
            case "huge headers":
                foreach (var i in Enumerable.Range(0, 200))
                {
                    response.Headers["x-" + i.ToString(CultureInfo.InvariantCulture)] = new string('x', 2000);
                }

                await response.WriteAsync(Replies.Answer);
                break;
        }
    }

    /// <summary>Goes on until nobody listens any more.</summary>
    private static async Task RepeatAsync(HttpResponse response, string beginning, string part)
    {
        await response.WriteAsync(beginning);
        var parts = string.Concat(Enumerable.Repeat(part, Math.Max(1, 8192 / part.Length)));
        while (!response.HttpContext.RequestAborted.IsCancellationRequested)
        {
            await response.WriteAsync(parts, response.HttpContext.RequestAborted);
        }
    }
}
