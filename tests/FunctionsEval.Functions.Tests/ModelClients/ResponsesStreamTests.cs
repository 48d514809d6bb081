using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// Streamed answers of the Responses API: events as OpenAI's API description has them, and as Azure and other servers send them.
/// </summary>
public sealed class ResponsesStreamTests
{
    private const string Created =
        """{"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","status":"in_progress","model":"tuned-1","error":null,"output":[],"usage":null}}""";

    private const string Usage = """{"input_tokens":12,"input_tokens_details":{"cached_tokens":4},"output_tokens":2,"total_tokens":14}""";

    private static readonly SamplingSpec Streamed = new() { Stream = true };

    [Fact]
    public async Task Stream_is_put_together_and_timed()
    {
        CallHarness? harness = null;
        await using (harness = await StartAsync(SendAsync))
        {
            var completion = CallResults.Answered(await harness.CallAsync(Streamed));

            Assert.Equal(
                ("billing", "completed", 12, 4, 2),
                (completion.Text, completion.FinishReason, completion.InputTokens, completion.CachedInputTokens, completion.OutputTokens)
            );
            Assert.Equal(("tuned-1", -0.75, 2), (completion.Model, completion.LogProbability, completion.LogProbabilityTokens));
            Assert.Equal(TimeSpan.FromSeconds(7), completion.Latency);
            Assert.Equal(TimeSpan.FromSeconds(3), completion.TimeToFirstToken);
            Assert.Equal(0.25, completion.TokensPerSecond);
            var body = Assert.Single(harness.Server.Ledger).Body;
            Assert.True(body.GetProperty("stream").GetBoolean());
            Assert.False(body.TryGetProperty("stream_options", out _));
        }

        async Task SendAsync(HttpContext context)
        {
            harness!.Time.Advance(TimeSpan.FromSeconds(3));
            var firstTokenRead = harness.Time.NextReadingAsync();
            await Replies.Events(
                Created,
                """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[]}}""",
                """{"type":"response.output_item.added","output_index":1,"item":{"type":"message","id":"m","content":[]}}""",
                Delta(1, "bill", -0.5)
            )(context);
            await context.Response.Body.FlushAsync();
            await firstTokenRead;
            harness.Time.Advance(TimeSpan.FromSeconds(4));
            await Replies.Events(
                Delta(1, "ing", -0.25),
                """{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"billing","logprobs":[]}""",
                End(
                    "completed",
                    """{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"billing"}]}"""
                )
            )(context);
        }
    }

    [Fact]
    public async Task Pieces_are_put_together_by_their_places_whatever_the_order_of_their_arrival()
    {
        var completion = await StreamAsync(
            Created,
            """{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"b\":"}""",
            Delta(1, "two", 0, content: 1),
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"then"}""",
            """{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c2","name":"g","arguments":""}}""",
            Delta(1, "one ", 0),
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"first"}""",
            """{"type":"response.function_call_arguments.delta","output_index":2,"delta":"2}"}""",
            """{"type":"response.function_call_arguments.done","output_index":2,"name":"g","arguments":"{\"b\":2}"}""",
            """{"type":"response.some_new_thing","output_index":9,"delta":"SECRET"}""",
            // A server whose last event has no output.
            End("completed", "")
        );

        Assert.Equal(("one two", "first\n\nthen"), (completion.Text, completion.Reasoning));
        Assert.Equal([new ToolCall("g", """{"b":2}""") { Id = "c2" }], completion.ToolCalls);
    }

    [Fact]
    public async Task Last_event_counts_where_it_has_the_answer()
    {
        var completion = await StreamAsync(
            Created,
            Delta(0, "bill", 0),
            End("completed", """{"type":"message","content":[{"type":"output_text","text":"billing"}]}""")
        );

        Assert.Equal("billing", completion.Text);
    }

    [Fact]
    public async Task Refusal_is_a_text_and_incomplete_is_cut()
    {
        var refusal = await StreamAsync(
            Created,
            """{"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":"I ca"}""",
            """{"type":"response.refusal.done","output_index":0,"content_index":0,"refusal":"I cannot."}""",
            End("completed", "")
        );
        var cut = await StreamAsync(Created, Delta(0, "bil", 0), End("incomplete", "", """{"reason":"max_output_tokens"}"""));

        Assert.Equal("I cannot.", refusal.Text);
        Assert.Equal(("bil", AnswerCut.MaxOutputTokens), (cut.Text, cut.Cut));
    }

    [Fact]
    public async Task Nothing_is_waited_for_after_the_last_event()
    {
        await using var harness = await StartAsync(async context =>
        {
            await Replies.Events(Created, Delta(0, "billing", 0), End("completed", ""))(context);
            await context.Response.Body.FlushAsync();
            await CallResults.UntilAbortedAsync(context);
        });

        Assert.Equal("billing", CallResults.Answered(await harness.CallAsync(Streamed)).Text);
    }

    [Theory]
    [InlineData(CallReasons.BrokenStream, 1)]
    // The marker of chat completions is not the end of a response.
    [InlineData(CallReasons.BrokenStream, 1, "[DONE]")]
    [InlineData(CallReasons.UnreadableBody, 1, "{\"type\":\"response.compl")]
    [InlineData(CallReasons.BrokenAnswer, 1, """{"type":"response.failed","response":{"status":"failed","error":null}}""")]
    [InlineData(
        "server_error",
        1,
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"SECRET-PROMPT"}}}"""
    )]
    [InlineData(
        "ERR_SOMETHING",
        1,
        """{"type":"error","code":"ERR_SOMETHING","message":"SECRET-PROMPT","param":null,"sequence_number":1}"""
    )]
    [InlineData("server_error", 1, """{"type":"error","error":{"type":"server_error","code":"server_error","message":"SECRET-PROMPT"}}""")]
    public async Task Stream_that_breaks_off_is_asked_for_once_more_and_what_was_seen_of_it_is_booked(
        string reason,
        int tokens,
        params string[] events
    )
    {
        await using var harness = await StartAsync(Replies.Events([Created, Delta(0, "bil", 0), .. events]));

        var failed = CallResults.AssertAway(Outcome.Exhausted, reason, 2, await harness.CallAsync(Streamed)).IfGivenUp;
        Assert.Equal((0, 2 * tokens), (failed.InputTokens, failed.OutputTokens));
    }

    [Theory]
    // Azure: why a response failed comes in an event after it.
    [InlineData(
        """{"type":"response.failed","response":{"status":"failed","error":null,"usage":{"input_tokens":12,"output_tokens":1}}}""",
        """{"type":"error","error":{"type":"invalid_request_error","code":"content_policy_violation","message":"SECRET-PROMPT"}}"""
    )]
    [InlineData(
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"content_filter","message":"SECRET-PROMPT"},"usage":{"input_tokens":12,"output_tokens":1}}}"""
    )]
    [InlineData(
        """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[],"usage":{"input_tokens":12,"output_tokens":1}}}"""
    )]
    public async Task Filtered_stream_is_filtered_and_paid(params string[] events)
    {
        await using var harness = await StartAsync(Replies.Events([Created, .. events]));

        var failed = CallResults.AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync(Streamed));
        Assert.Equal((12, 1), (failed.InputTokens, failed.OutputTokens));
    }

    [Theory]
    [InlineData(
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"context_length_exceeded","message":"SECRET-PROMPT"},"usage":{"input_tokens":12,"output_tokens":3}}}""",
        12,
        3
    )]
    [InlineData("""{"type":"error","error":{"code":"invalid_base64_image","message":"SECRET-PROMPT"}}""", 0, 1)]
    public async Task Rejection_after_a_part_of_the_answer_is_paid(string error, int input, int output)
    {
        await using var harness = await StartAsync(Replies.Events(Created, Delta(0, "bil", 0), error));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(Streamed));

        Assert.Equal((Outcome.Rejected, 1), (failed.Outcome, failed.Attempts));
        Assert.Equal((input, output), (failed.InputTokens, failed.OutputTokens));
    }

    [Fact]
    public async Task Filters_that_were_named_before_the_error_are_told()
    {
        await using var harness = await StartAsync(
            Replies.Events(
                """{"type":"response.failed","response":{"status":"failed","error":null,"content_filters":[{"content_filter_results":{"hate":{"filtered":true}}}]}}""",
                """{"type":"error","error":{"code":"content_filter","message":"SECRET-PROMPT"}}"""
            )
        );

        var failed = CallResults.AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync(Streamed));

        Assert.EndsWith("(hate).", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throttling_in_a_stream_is_waited_out()
    {
        await using var harness = await StartAsync(
            Replies.Events(Created, """{"type":"error","code":"rate_limit_exceeded","message":"SECRET-PROMPT"}"""),
            Replies.Events(Created, Delta(0, "billing", 0), End("completed", ""))
        );

        var completion = CallResults.Answered(await harness.CallAsync(Streamed));
        Assert.Equal(("billing", 2), (completion.Text, completion.Attempts));
    }

    [Fact]
    public async Task Last_event_may_be_longer_than_a_token_takes()
    {
        var text = new string('a', 1_500_000);
        var completion = await StreamAsync(
            new SamplingSpec { Stream = true, MaxOutputTokens = 4000 },
            Created,
            End("completed", $$"""{"type":"message","content":[{"type":"output_text","text":"{{text}}"}]}""")
        );

        Assert.Equal(text.Length, completion.Text.Length);
    }

    [Fact]
    public async Task Endless_stream_of_places_is_bounded()
    {
        await using var harness = await StartAsync(async context =>
        {
            await Replies.Events(Created)(context);
            for (var index = 0; !context.RequestAborted.IsCancellationRequested && index < 20_000; index++)
            {
                await Replies.Events(Delta(index, "x", 0))(context);
            }

            await Replies.Events(End("completed", ""))(context);
        });

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true, MaxOutputTokens = 4000 }));
        Assert.Equal(CallReasons.TooManyToolCalls, completion.InsteadOfText);
    }

    private static string Delta(int index, string text, double logProbability, int content = 0) =>
        FormattableString.Invariant(
            $$"""{"type":"response.output_text.delta","item_id":"m","output_index":{{index}},"content_index":{{content}},"delta":"{{text}}","logprobs":[{"token":"{{text}}","logprob":{{logProbability}},"top_logprobs":[]}],"obfuscation":"abc"}"""
        );

    private static string End(string status, string items, string details = "null") =>
        $$$"""{"type":"response.{{{status}}}","response":{"id":"r","object":"response","status":"{{{status}}}","model":"tuned-1","error":null,"incomplete_details":{{{details}}},"output":[{{{items}}}],"usage":{{{Usage}}}}}""";

    private static Task<CallHarness> StartAsync(params RequestDelegate[] script) =>
        CallHarness.StartAsync([("Models:0:Api", "Responses")], script);

    private static Task<Completion> StreamAsync(params string[] events) => StreamAsync(Streamed, events);

    private static async Task<Completion> StreamAsync(SamplingSpec sampling, params string[] events)
    {
        await using var harness = await StartAsync(Replies.Events(events));
        return CallResults.Answered(await harness.CallAsync(sampling));
    }
}
