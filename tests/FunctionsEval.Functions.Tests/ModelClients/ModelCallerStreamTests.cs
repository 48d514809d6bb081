using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Streamed answers: server-sent events as the OpenAI API documents them.</summary>
public sealed class ModelCallerStreamTests
{
    private const string Role = """{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""";
    private const string First =
        """{"choices":[{"index":0,"delta":{"content":"bill"},"logprobs":{"content":[{"token":"bill","logprob":-0.5}]},"finish_reason":null}]}""";
    private const string Second =
        """{"choices":[{"index":0,"delta":{"content":"ing"},"logprobs":{"content":[{"token":"ing","logprob":-0.25}]},"finish_reason":null}]}""";
    private const string Stop = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":2}}""";

    private static readonly SamplingSpec Streamed = new() { Stream = true };

    [Theory]
    [InlineData(Usage, 2)]
    [InlineData(
        """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":102,"completion_tokens_details":{"reasoning_tokens":100}}}""",
        102
    )] // Thoughts that are not shown.
    public async Task Stream_is_put_together_and_timed(string usage, int outputTokens)
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(SendAsync))
        {
            var completion = CallResults.Answered(await harness.CallAsync(Streamed));

            Assert.Equal(
                ("billing", "stop", 12, outputTokens),
                (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens)
            );
            Assert.Equal((-0.75, 2), (completion.LogProbability, completion.LogProbabilityTokens));
            // The clock moves 3 s before the first token and 4 s after it.
            Assert.Equal(TimeSpan.FromSeconds(7), completion.Latency);
            Assert.Equal(TimeSpan.FromSeconds(3), completion.TimeToFirstToken);
            // The second of two tokens took the 4 s.
            Assert.Equal(0.25, completion.TokensPerSecond);
            var body = Assert.Single(harness.Server.Ledger).Body;
            Assert.True(body.GetProperty("stream").GetBoolean());
            Assert.True(body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        }

        async Task SendAsync(HttpContext context)
        {
            harness!.Time.Advance(TimeSpan.FromSeconds(3));
            // The client reads the clock when it has read the first token; only then may the clock move on.
            var firstTokenRead = harness.Time.NextReadingAsync();
            await Replies.Events(Role, First)(context);
            await context.Response.Body.FlushAsync();
            await firstTokenRead;
            harness.Time.Advance(TimeSpan.FromSeconds(4));
            await Replies.Events(Second, Stop, usage, "[DONE]")(context);
        }
    }

    [Fact]
    public async Task Stream_that_breaks_mid_way_is_tried_again()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Reset("text/event-stream", $"data: {First}\n\n"),
            Replies.Events(First, Second, Stop, Usage, "[DONE]")
        );

        var completion = CallResults.Answered(await harness.CallAsync(Streamed));
        Assert.Equal(("billing", 2), (completion.Text, completion.Attempts));
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Theory]
    [InlineData(CallReasons.BrokenStream, 1, First)]
    [InlineData(CallReasons.BrokenStream, 2, First, Second)]
    [InlineData(CallReasons.UnreadableBody, 1, First, "{\"choices\":[{\"del")]
    [InlineData(
        "http_502",
        1,
        First,
        "{\"error\":{\"message\":\"SECRET-PROMPT\",\"code\":502},\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}"
    )]
    [InlineData(CallReasons.ErrorInBody, 1, First, "{\"error\":{\"message\":\"SECRET-PROMPT\"}}")]
    public async Task Stream_that_breaks_off_is_asked_for_once_more_and_what_was_seen_of_it_is_booked(
        string reason,
        int tokens,
        params string[] events
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Events(events));

        var failed = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync(Streamed)).IfGivenUp;
        Assert.Equal((Outcome.Exhausted, reason, 2), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal((0, 2 * tokens), (failed.InputTokens, failed.OutputTokens));
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData()]
    public async Task Stream_without_a_beginning_is_tried_again_as_any_server_error(params string[] events)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Events(events));

        var failed = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync(Streamed)).IfGivenUp;
        Assert.Equal((Outcome.Exhausted, CallReasons.EmptyChoices, 6), (failed.Outcome, failed.Reason, failed.Attempts));
    }

    [Fact]
    public async Task Stream_that_says_it_is_done_is_an_answer_without_a_reason()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Events(Role, First, Second, "", Usage, "[DONE]"));

        var completion = CallResults.Answered(await harness.CallAsync(Streamed));

        Assert.Equal(
            ("billing", "unknown", 12, 2, 1),
            (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens, completion.Attempts)
        );
    }

    [Fact]
    public async Task Stream_of_thoughts_alone_is_an_empty_answer()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events("""{"choices":[{"delta":{"reasoning_content":"hm"}}]}""", Stop, Usage, "[DONE]")
        );

        var completion = CallResults.Answered(await harness.CallAsync(Streamed));

        Assert.Equal(
            ("", CallReasons.ReasoningOnly, 2, 1),
            (completion.Text, completion.InsteadOfText, completion.OutputTokens, completion.Attempts)
        );
    }

    [Fact]
    public async Task Line_over_what_was_asked_for_is_refused()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(new string('x', 400 * 1024)),
            Replies.Events(First, Stop, "[DONE]")
        );

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync(Streamed)).Attempts);
    }

    [Fact]
    public async Task Stream_with_a_reason_but_without_done_is_complete()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Events(First, Second, Stop));

        Assert.Equal("billing", CallResults.Answered(await harness.CallAsync(Streamed)).Text);
    }

    [Fact]
    public async Task Stream_ended_by_a_content_filter_is_content_filtered()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(
                """{"choices":[],"prompt_filter_results":[]}""",
                First,
                """{"choices":[{"delta":{},"finish_reason":"content_filter"}]}""",
                Usage,
                "[DONE]"
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(Streamed));
        Assert.Equal((Outcome.ContentFiltered, 12, 2), (failed.Outcome, failed.InputTokens, failed.OutputTokens));
    }

    [Fact]
    public async Task Server_that_does_not_stream_is_read_in_one_piece()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        var completion = CallResults.Answered(await harness.CallAsync(Streamed));
        Assert.Equal("billing", completion.Text);
        Assert.Null(completion.TimeToFirstToken);
        Assert.Null(completion.TokensPerSecond);
    }

    /// <summary>
    /// llama.cpp gives the end token's probability with an answer in one piece, vLLM in both, and neither where it has no text of its own.
    /// </summary>
    [Theory]
    [InlineData("""{"token":"","bytes":[],"logprob":-9}""")]
    [InlineData("""{"token":"<|im_end|>","logprob":-9}""")]
    [InlineData("""{"token":"</s>","bytes":[60,47,115,62],"logprob":-9}""")]
    public async Task End_token_counts_neither_in_a_streamed_answer_nor_in_one_in_one_piece(string end)
    {
        var tokens = """{"token":" bill","logprob":-0.5},{"token":"ing","bytes":[105,110,103],"logprob":-0.25}""";
        var whole =
            $$$"""{"choices":[{"message":{"content":"billing"},"finish_reason":"stop","logprobs":{"content":[{{{tokens}}},{{{end}}}]}}],"usage":{"prompt_tokens":12,"completion_tokens":3}}""";
        var last =
            $$$"""{"choices":[{"delta":{},"finish_reason":"stop","logprobs":{"content":[{{{end}}}]}}],"usage":{"prompt_tokens":12,"completion_tokens":3}}""";
        var lastWithout = """{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}""";

        foreach (
            var answer in (RequestDelegate[])
                [
                    Replies.Json(200, whole),
                    Replies.Events(First, Second, last, "[DONE]"),
                    Replies.Events(First, Second, lastWithout, "[DONE]"),
                ]
        )
        {
            await using var harness = await CallHarness.StartAsync(answer);
            var completion = CallResults.Answered(await harness.CallAsync(Streamed));
            Assert.Equal(
                ("billing", -0.75, 2, 3),
                (completion.Text, completion.LogProbability, completion.LogProbabilityTokens, completion.OutputTokens)
            );
        }
    }

    [Theory]
    // A stop sequence that was taken out of the text; white space that was; thoughts before it: all of it counts.
    [InlineData("yes", """[{"token":"yes","logprob":-1},{"token":"\n\n","logprob":-2}]""", -1, 1)]
    [InlineData("yes\n", """[{"token":"yes","logprob":-1},{"token":"\n","logprob":-2}]""", -3, 2)]
    [InlineData("yes", """[{"token":"hm","logprob":-1},{"token":"yes","logprob":-2}]""", -3, 2)]
    [InlineData(
        "é",
        """[{"token":"\\xc3","bytes":[195],"logprob":-1},{"token":"\\xa9","bytes":[169],"logprob":-2},{"token":"<eos>","bytes":null,"logprob":-4}]""",
        -3,
        2
    )]
    public async Task Tokens_of_the_text_count(string text, string tokens, double logProbability, int count)
    {
        var content = System.Text.Json.JsonSerializer.Serialize(text);
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$$"""{"choices":[{"finish_reason":"stop","message":{"content":{{{content}}} },"logprobs":{"content":{{{tokens}}} }}]}"""
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((logProbability, count), (completion.LogProbability, completion.LogProbabilityTokens));
    }

    [Theory]
    [InlineData("length", 8, 20, 0, AnswerCut.MaxOutputTokens)]
    [InlineData("length", 3, 20, 0, AnswerCut.Context)]
    // Thoughts that completion_tokens leaves out.
    [InlineData("length", 3, 20, 28, AnswerCut.MaxOutputTokens)]
    [InlineData("length", 0, 0, 0, AnswerCut.MaxOutputTokens)]
    [InlineData("max_tokens", 8, 20, 28, AnswerCut.MaxOutputTokens)]
    // The word says which of the two it was.
    [InlineData("MAX_TOKENS", 3, 20, 0, AnswerCut.MaxOutputTokens)]
    [InlineData("model_length", 8, 20, 0, AnswerCut.Context)]
    [InlineData("stop", 3, 20, 0, AnswerCut.None)]
    public async Task Answer_cut_by_the_context_is_told_from_one_cut_by_maxOutputTokens(
        string reason,
        int written,
        int prompt,
        int total,
        AnswerCut expected
    )
    {
        var totalTokens = total > 0 ? $",\"total_tokens\":{total}" : "";
        var usage = $"\"usage\":{{\"prompt_tokens\":{prompt},\"completion_tokens\":{written}{totalTokens}}}";
        var whole = Replies.Json(200, $$$"""{"choices":[{"message":{"content":"bill"},"finish_reason":"{{{reason}}}"}],""" + usage + "}");
        var stream = Replies.Events(
            First,
            $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}""",
            $$$"""{"choices":[],""" + usage + "}",
            "[DONE]"
        );

        foreach (var answer in (RequestDelegate[])[whole, stream])
        {
            await using var harness = await CallHarness.StartAsync(answer);
            Assert.Equal(
                expected,
                CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true, MaxOutputTokens = 8 })).Cut
            );
        }
    }

    [Fact]
    public async Task Throttling_of_a_stream_is_throttling()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Throttle(("Retry-After", "2")),
            Replies.Events(First, Stop, "[DONE]")
        );

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync(Streamed)).Attempts);
    }
}
