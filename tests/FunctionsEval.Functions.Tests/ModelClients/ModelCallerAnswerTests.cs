using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A 200 is an answer: it is read as servers write it, asked for once, and its tokens count.</summary>
public sealed class ModelCallerAnswerTests
{
    private const string Usage = """ "usage":{"prompt_tokens":10,"completion_tokens":5} """;

    [Theory]
    [InlineData(
        """{"message":{"content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}""",
        CallReasons.ToolCall
    )]
    [InlineData(
        """{"message":{"content":null,"function_call":{"name":"f","arguments":"{}"}},"finish_reason":"function_call"}""",
        CallReasons.ToolCall
    )]
    [InlineData("""{"message":{"content":null,"reasoning_content":"SECRET-PROMPT"},"finish_reason":"stop"}""", CallReasons.ReasoningOnly)]
    [InlineData("""{"message":{"content":"","reasoning":"SECRET-PROMPT"},"finish_reason":null}""", CallReasons.ReasoningOnly)]
    [InlineData("""{"message":{"content":null,"reasoning":"SECRET-PROMPT"},"finish_reason":"length"}""", CallReasons.ReasoningOnly)]
    [InlineData("""{"message":{"content":null},"finish_reason":"stop"}""", null)]
    [InlineData("""{"message":{"content":""},"finish_reason":""}""", null)]
    [InlineData("""{"finish_reason":"stop"}""", null)]
    public async Task Answer_without_text_is_an_empty_answer_that_is_paid_once(string choice, string? instead)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, $"{{\"choices\":[{choice}],{Usage}}}"));

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(
            ("", instead, 10, 5, 1),
            (completion.Text, completion.InsteadOfText, completion.InputTokens, completion.OutputTokens, completion.Attempts)
        );
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"content":[{"type":"thinking","thinking":[{"type":"text","text":"maybe login"}]},{"type":"text","text":"billing"}]}""",
        "billing"
    )]
    [InlineData("""{"content":[{"type":"reasoning","text":"maybe login"},{"text":"billing"}]}""", "billing")]
    [InlineData(
        """{"content":"half a pair \ud83d, a pair \ud83d\ude00, \"quoted\" \\u00e4\n"}""",
        "half a pair \ufffd, a pair 😀, \"quoted\" \\u00e4\n"
    )]
    public async Task Text_is_read_from_its_parts_and_half_characters_are_replaced(string message, string expected)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $"{{\"choices\":[{{\"message\":{message},\"finish_reason\":\"stop\"}}]}}")
        );

        Assert.Equal(expected, CallResults.Answered(await harness.CallAsync()).Text);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("Infinity")]
    [InlineData("null")]
    [InlineData("\"-0.5\"")]
    [InlineData("1e999")]
    public async Task Log_probability_that_is_no_number_is_left_out_and_the_answer_counts(string number)
    {
        var body =
            """{"choices":[{"message":{"content":"a -Infinity \"NaN"},"finish_reason":"stop","logprobs":{"content":[{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"a","logprob":-0.5},{"token":"b","logprob":#}]},{"token":"c","logprob":#,"top_logprobs":[]}]}}],"usage":{"prompt_tokens":10,"completion_tokens":5}}""".Replace(
                "#",
                number,
                StringComparison.Ordinal
            );
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body));

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(
            ("a -Infinity \"NaN", -0.5, 1, 5, 1),
            (completion.Text, completion.LogProbability, completion.LogProbabilityTokens, completion.OutputTokens, completion.Attempts)
        );
        Assert.Equal([("a", -0.5), ("c", double.NegativeInfinity)], completion.Tokens!.Select(token => (token.Text, token.LogProbability)));
        Assert.Equal([new TopLogProbability("a", -0.5)], completion.Tokens![0].TopLogProbabilities);
    }

    [Fact]
    public async Task Log_probability_that_is_no_number_is_left_out_of_a_stream_too()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(
                """{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-Infinity}]}}]}""",
                """{"choices":[{"delta":{},"finish_reason":"stop"}]}""",
                "[DONE]"
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal(("a", null, 1), (completion.Text, completion.LogProbability, completion.Attempts));
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("-Infinity", false)]
    [InlineData("-2.25", true)]
    public async Task Scored_text_with_a_token_without_probability_has_no_sum(string number, bool isAnswer)
    {
        var body =
            $"{{\"choices\":[{{\"text\":\"the cat sat\",\"logprobs\":{{\"token_logprobs\":[null,-1.5,{number}]}}}}],\"usage\":{{\"prompt_tokens\":3,\"completion_tokens\":0}}}}";
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Completions")], Replies.Json(200, body));

        var result = await harness.ScoreAsync("the cat sat");

        if (isAnswer)
        {
            Assert.Equal(-3.75, CallResults.Answered(result).LogProbability);
            return;
        }
        var failed = Assert.IsType<ModelCallResult.Failed>(result);
        Assert.Equal(
            (Outcome.Rejected, CallReasons.MissingLogProbability, 3, 1),
            (failed.Outcome, failed.Reason, failed.InputTokens, failed.Attempts)
        );
    }

    [Theory]
    [InlineData("""{"prompt_tokens":10.0,"completion_tokens":"5","total_tokens":null}""")]
    [InlineData("""{"input_tokens":10,"output_tokens":5}""")]
    public async Task Usage_is_read_as_servers_write_it(string usage)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $"{{\"choices\":[{{\"message\":{{\"content\":\"a\"}}}}],\"usage\":{usage}}}")
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((10, 5), (completion.InputTokens, completion.OutputTokens));
    }

    [Fact]
    public async Task Body_with_a_byte_order_mark_and_broken_bytes_is_read()
    {
        await using var harness = await CallHarness.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(
                (byte[])[0xEF, 0xBB, 0xBF, .. """{"choices":[{"message":{"content":"a"""u8, 0xF0, 0x9F, .. "\"}}]}"u8]
            );
        });

        Assert.Equal("a\ufffd", CallResults.Answered(await harness.CallAsync()).Text);
    }

    [Fact]
    public async Task Tokens_of_an_answer_that_was_repeated_are_booked_and_its_latency_is_not()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(BreakAsync, Replies.Ok))
        {
            var completion = CallResults.Answered(await harness.CallAsync());

            Assert.Equal((12 + 10, 2 + 5, 2), (completion.InputTokens, completion.OutputTokens, completion.Attempts));
            Assert.True(completion.Latency < TimeSpan.FromSeconds(30));
        }

        Task BreakAsync(HttpContext context)
        {
            harness!.Time.Advance(TimeSpan.FromSeconds(30));
            return Replies.Json(200, $"{{\"choices\":[],{Usage}}}")(context);
        }
    }

    [Fact]
    public async Task Tokens_of_a_stream_that_is_cut_off_by_the_timeout_are_booked()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(HangAsync, Replies.Ok))
        {
            var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true }));

            Assert.Equal((12 + 7, 2 + 3, 2), (completion.InputTokens, completion.OutputTokens, completion.Attempts));
        }

        async Task HangAsync(HttpContext context)
        {
            // The client reads the clock when it has read the first token.
            var firstTokenRead = harness!.Time.NextReadingAsync();
            await Replies.Events("""{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}""")(context);
            await context.Response.Body.FlushAsync();
            await firstTokenRead;
            await CallResults.OutwaitAsync(context, harness.Time);
        }
    }
}
