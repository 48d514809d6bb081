using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Models;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Models;

/// <summary>Streamed answers: server-sent events as the OpenAI API documents them.</summary>
public sealed class ModelCallerStreamTests
{
    private const string Role = """{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""";
    private const string First = """{"choices":[{"index":0,"delta":{"content":"bill"},"logprobs":{"content":[{"token":"bill","logprob":-0.5}]},"finish_reason":null}]}""";
    private const string Second = """{"choices":[{"index":0,"delta":{"content":"ing"},"logprobs":{"content":[{"token":"ing","logprob":-0.25}]},"finish_reason":null}]}""";
    private const string Stop = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2}}""";

    private static readonly SamplingSpec s_streamed = new() { Stream = true };

    [Fact]
    public async Task Stream_is_put_together_and_timed()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(SendAsync))
        {
            Completion completion = ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed));

            Assert.Equal(("billing", "stop", 12, 2), (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens));
            Assert.Equal((-0.75, 2), (completion.LogProbability, completion.LogProbabilityTokens));
            // The clock moves 3 s before the first token and 4 s after it.
            Assert.Equal(TimeSpan.FromSeconds(7), completion.Latency);
            Assert.Equal(TimeSpan.FromSeconds(3), completion.TimeToFirstToken);
            var body = Assert.Single(harness.Server.Ledger).Body;
            Assert.True(body.GetProperty("stream").GetBoolean());
            Assert.True(body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        }

        async Task SendAsync(HttpContext context)
        {
            harness!.Time.Advance(TimeSpan.FromSeconds(3));
            // The client reads the clock when it has read the first token; only then may the clock move on.
            Task firstTokenRead = harness.Time.NextReadingAsync();
            await Replies.Events(Role, First)(context);
            await context.Response.Body.FlushAsync();
            await firstTokenRead;
            harness.Time.Advance(TimeSpan.FromSeconds(4));
            await Replies.Events(Second, Stop, Usage, "[DONE]")(context);
        }
    }

    [Fact]
    public async Task Stream_that_breaks_mid_way_is_tried_again()
    {
        await using CallHarness harness = await CallHarness.StartAsync(
            Replies.Reset("text/event-stream", $"data: {First}\n\n"), Replies.Events(First, Second, Stop, Usage, "[DONE]"));

        Completion completion = ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed));
        Assert.Equal(("billing", 2), (completion.Text, completion.Attempts));
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Theory]
    [InlineData(CallReasons.BrokenStream, 1, First)]
    [InlineData(CallReasons.BrokenStream, 2, First, Second)]
    [InlineData(CallReasons.UnreadableBody, 1, First, "{\"choices\":[{\"del")]
    [InlineData("http_502", 1, First, "{\"error\":{\"message\":\"SECRET-PROMPT\",\"code\":502},\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}")]
    [InlineData(CallReasons.ErrorInBody, 1, First, "{\"error\":{\"message\":\"SECRET-PROMPT\"}}")]
    public async Task Stream_that_breaks_off_is_asked_for_once_more_and_what_was_seen_of_it_is_booked(string reason, int tokens, params string[] events)
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events(events));

        ModelCallResult.Failed failed = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync(s_streamed)).IfGivenUp;
        Assert.Equal((Outcome.Exhausted, reason, 2), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal((0, 2 * tokens), (failed.InputTokens, failed.OutputTokens));
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData()]
    public async Task Stream_without_a_beginning_is_tried_again_as_any_server_error(params string[] events)
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events(events));

        ModelCallResult.Failed failed = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync(s_streamed)).IfGivenUp;
        Assert.Equal((Outcome.Exhausted, CallReasons.EmptyChoices, 6), (failed.Outcome, failed.Reason, failed.Attempts));
    }

    [Fact]
    public async Task Stream_that_says_it_is_done_is_an_answer_without_a_reason()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events(Role, First, Second, "", Usage, "[DONE]"));

        Completion completion = ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed));

        Assert.Equal(("billing", "unknown", 12, 2, 1), (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens, completion.Attempts));
    }

    [Fact]
    public async Task Stream_of_thoughts_alone_is_an_empty_answer()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events("""{"choices":[{"delta":{"reasoning_content":"hm"}}]}""", Stop, Usage, "[DONE]"));

        Completion completion = ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed));

        Assert.Equal(("", CallReasons.ReasoningOnly, 2, 1), (completion.Text, completion.InsteadOfText, completion.OutputTokens, completion.Attempts));
    }

    [Fact]
    public async Task Line_over_what_was_asked_for_is_refused()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events(new string('x', 400 * 1024)), Replies.Events(First, Stop, "[DONE]"));

        Assert.Equal(2, ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed)).Attempts);
    }

    [Fact]
    public async Task Stream_with_a_reason_but_without_done_is_complete()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Events(First, Second, Stop));

        Assert.Equal("billing", ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed)).Text);
    }

    [Fact]
    public async Task Stream_ended_by_a_content_filter_is_content_filtered()
    {
        await using CallHarness harness = await CallHarness.StartAsync(
            Replies.Events("""{"choices":[],"prompt_filter_results":[]}""", First, """{"choices":[{"delta":{},"finish_reason":"content_filter"}]}""", Usage, "[DONE]"));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(s_streamed));
        Assert.Equal((Outcome.ContentFiltered, 12, 2), (failed.Outcome, failed.InputTokens, failed.OutputTokens));
    }

    [Fact]
    public async Task Server_that_does_not_stream_is_read_in_one_piece()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Ok);

        Completion completion = ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed));
        Assert.Equal("billing", completion.Text);
        Assert.Null(completion.TimeToFirstToken);
    }

    [Fact]
    public async Task Throttling_of_a_stream_is_throttling()
    {
        await using CallHarness harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", "2")), Replies.Events(First, Stop, "[DONE]"));

        Assert.Equal(2, ModelCallerFaultTests.Answered(await harness.CallAsync(s_streamed)).Attempts);
    }
}
