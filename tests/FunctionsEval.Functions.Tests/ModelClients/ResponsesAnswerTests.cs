using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Answers of the Responses API in one piece, in the shapes of OpenAI's API description and of other servers.</summary>
public sealed class ResponsesAnswerTests
{
    private const string Usage =
        """{"input_tokens":12,"input_tokens_details":{"cached_tokens":8},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":17}""";

    [Fact]
    public async Task Texts_of_messages_are_joined_and_reasoning_is_kept_apart()
    {
        var completion = await AskAsync(
            Whole(
                """{"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"It asks for"},{"type":"summary_text","text":"shipping."}]}""",
                """{"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"bill","annotations":[]},{"type":"output_text","text":"ing"}]}"""
            )
        );

        Assert.Equal(("billing", "It asks for\n\nshipping."), (completion.Text, completion.Reasoning));
        Assert.Equal(
            (12, 8, 5, 3),
            (completion.InputTokens, completion.CachedInputTokens, completion.OutputTokens, completion.ReasoningTokens)
        );
        Assert.Equal(("completed", "tuned-1", AnswerCut.None), (completion.FinishReason, completion.Model, completion.Cut));
        Assert.Null(completion.InsteadOfText);
    }

    [Fact]
    public async Task Request_goes_to_the_route_and_asks_the_endpoint_to_store_nothing()
    {
        await using var harness = await StartAsync(Replies.Json(200, Whole(Message("a"))));
        CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/v1/responses", seen.PathAndQuery);
        Assert.False(seen.Body.GetProperty("store").GetBoolean());
    }

    [Fact]
    public async Task Calls_are_kept_in_their_order_beside_reasoning_without_a_summary()
    {
        var completion = await AskAsync(
            Whole(
                """{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"xyz"}""",
                """{"type":"function_call","id":"fc1","call_id":"c1","name":"f","arguments":"{\"a\":1}","status":"completed"}""",
                """{"type":"function_call","id":"fc2","call_id":"c2","name":"g","arguments":{"b":2}}""",
                """{"type":"custom_tool_call","call_id":"c3","name":"h","input":"SELECT 1"}"""
            )
        );

        Assert.Equal(
            [
                new ToolCall("f", """{"a":1}""") { Id = "c1" },
                new ToolCall("g", """{"b":2}""") { Id = "c2" },
                new ToolCall("h", "SELECT 1") { Id = "c3" },
            ],
            completion.ToolCalls
        );
        Assert.Equal(("tool_call", ""), (completion.InsteadOfText, completion.Reasoning));
    }

    [Theory]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"No."}]}""", "No.")]
    [InlineData("""{"type":"message","role":"assistant","content":"plain"}""", "plain")]
    [InlineData("""{"role":"assistant","content":[{"text":"untyped"}]}""", "untyped")]
    [InlineData(
        """{"type":"web_search_call","status":"completed"},{"type":"message","content":[{"type":"output_text","text":"a"}]}""",
        "a"
    )]
    [InlineData("""{"type":"message","content":[]}""", "")]
    [InlineData("""{"type":"compaction","content":"SECRET"}""", "")]
    public async Task Other_shapes_of_messages_are_read_and_other_items_ignored(string items, string text) =>
        Assert.Equal(text, (await AskAsync(Whole(items))).Text);

    [Fact]
    public async Task Answer_with_reasoning_alone_is_no_text()
    {
        var completion = await AskAsync(Whole("""{"type":"reasoning","summary":[{"type":"summary_text","text":"billing"}]}"""));

        Assert.Equal(("", "billing", "reasoning_only"), (completion.Text, completion.Reasoning, completion.InsteadOfText));
    }

    [Theory]
    [InlineData("max_output_tokens", "[]", true)]
    [InlineData("max_tokens", """[{"type":"reasoning","summary":[]}]""", true)]
    [InlineData("max_output_tokens", """[{"type":"message","content":[{"type":"output_text","text":"bil"}]}]""", false)]
    public async Task Incomplete_answer_is_cut(string reason, string output, bool isReasoningAlone)
    {
        var completion = await AskAsync(Response("incomplete", output, $$"""{"reason":"{{reason}}"}"""));

        Assert.Equal(
            (AnswerCut.MaxOutputTokens, reason, isReasoningAlone),
            (completion.Cut, completion.FinishReason, completion.IsReasoningAlone)
        );
    }

    [Theory]
    [InlineData("incomplete", """{"reason":"max_tool_calls"}""")]
    [InlineData("incomplete", "null")]
    [InlineData("failed", "null")]
    [InlineData("cancelled", "null")]
    [InlineData("in_progress", "null")]
    [InlineData("queued", "null")]
    public async Task Answer_that_is_not_whole_is_no_answer_and_its_tokens_are_booked(string status, string details)
    {
        await using var harness = await StartAsync(Replies.Json(200, Response(status, $"[{Message("bil")}]", details)));

        var away = CallResults.AssertAway(Outcome.Exhausted, CallReasons.BrokenAnswer, 2, await harness.CallAsync());
        Assert.Equal((24, 16, 10), (away.IfGivenUp.InputTokens, away.IfGivenUp.CachedInputTokens, away.IfGivenUp.OutputTokens));
    }

    [Theory]
    [InlineData("incomplete", """{"reason":"content_filter"}""", "null")]
    [InlineData("failed", "null", """{"code":"content_policy_violation","message":"SECRET-PROMPT"}""")]
    [InlineData("failed", "null", """{"code":"invalid_prompt","message":"SECRET-PROMPT"}""")]
    [InlineData("failed", "null", """{"code":"bio_policy","message":"SECRET-PROMPT"}""")]
    [InlineData("failed", "null", """{"code":"cyber_policy","message":"SECRET-PROMPT"}""")]
    [InlineData("failed", "null", """{"code":"misalignment_policy_violation","message":"SECRET-PROMPT"}""")]
    public async Task Filtered_answer_is_filtered_and_paid(string status, string details, string error)
    {
        await using var harness = await StartAsync(Replies.Json(200, Response(status, "[]", details, error)));

        var failed = CallResults.AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync());
        Assert.Equal((12, 8, 5), (failed.InputTokens, failed.CachedInputTokens, failed.OutputTokens));
    }

    [Theory]
    [InlineData("""{"code":"invalid_base64_image","message":"SECRET-PROMPT"}""", "invalid_base64_image")]
    [InlineData("""{"code":"image_too_large","message":"SECRET-PROMPT"}""", "image_too_large")]
    public async Task Failure_that_the_request_is_at_fault_for_is_a_rejection(string error, string reason)
    {
        await using var harness = await StartAsync(Replies.Json(200, Response("failed", "[]", "null", error)));

        CallResults.AssertFailed(Outcome.Rejected, reason, 1, await harness.CallAsync());
    }

    [Fact]
    public async Task Failure_of_the_server_is_tried_again()
    {
        await using var harness = await StartAsync(
            Replies.Json(200, Response("failed", "[]", "null", """{"code":"server_error","message":"SECRET-PROMPT"}""")),
            Replies.Json(200, Whole(Message("billing")))
        );

        var completion = CallResults.Answered(await harness.CallAsync());
        Assert.Equal(("billing", 2, 24, 16), (completion.Text, completion.Attempts, completion.InputTokens, completion.CachedInputTokens));
    }

    /// <summary>Counts that no answer has say nothing, and their sums over attempts are never below 0.</summary>
    [Theory]
    [InlineData("""{"input_tokens":2147483647,"output_tokens":2147483647,"input_tokens_details":{"cached_tokens":2147483647}}""", 0, 0, 0)]
    [InlineData("""{"input_tokens":100000000,"output_tokens":1e8}""", 200_000_000, 0, 200_000_000)]
    [InlineData("""{"input_tokens":-5,"output_tokens":-6,"input_tokens_details":{"cached_tokens":-7}}""", 0, 0, 0)]
    [InlineData("""{"input_tokens":5,"output_tokens":6,"input_tokens_details":{"cached_tokens":700}}""", 10, 10, 12)]
    [InlineData("""{"input_tokens":5,"output_tokens":6,"input_tokens_details":[1],"output_tokens_details":"x"}""", 10, 0, 12)]
    [InlineData("[]", 0, 0, 0)]
    public async Task Usage_that_cannot_be_is_none(string usage, int input, int cached, int output)
    {
        await using var harness = await CallHarness.StartAsync(
            [("Models:0:Api", "Responses")],
            Replies.Json(200, $$"""{"status":"incomplete","incomplete_details":null,"output":[],"usage":{{usage}}}"""),
            Replies.Json(
                200,
                $$"""{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{{usage}}}"""
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((input, cached, output), (completion.InputTokens, completion.CachedInputTokens, completion.OutputTokens));
    }

    [Fact]
    public async Task Body_without_output_is_no_answer()
    {
        await using var harness = await StartAsync(
            Replies.Json(200, """{"id":"r","object":"response"}"""),
            Replies.Json(200, """{"id":"r","object":"response","status":"completed"}"""),
            Replies.Json(200, Whole(Message("billing")))
        );

        Assert.Equal(
            ("billing", 3),
            (await harness.CallAsync()) is ModelCallResult.Answered { Completion: var c } ? (c.Text, c.Attempts) : default
        );
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_text()
    {
        var completion = await AskAsync(
            Whole(
                """{"type":"message","content":[{"type":"output_text","text":"billing","logprobs":[{"token":"bill","bytes":[98,105,108,108],"logprob":-0.5,"top_logprobs":[{"token":"bill","logprob":-0.5},{"token":"ship","logprob":-1.5}]},{"token":"ing","logprob":-0.25,"top_logprobs":[]}]}]}"""
            ),
            CallHarness.Request() with
            {
                TopLogProbabilities = true,
            }
        );

        Assert.Equal((-0.75, 2), (completion.LogProbability, completion.LogProbabilityTokens));
        Assert.Equal([new TopLogProbability("bill", -0.5), new TopLogProbability("ship", -1.5)], completion.Tokens![0].TopLogProbabilities);
    }

    [Fact]
    public async Task Refused_log_probabilities_seed_and_stop_are_reported_as_left_out()
    {
        await using var harness = await StartAsync(
            Replies.Error(400, "unsupported_parameter", "include"),
            Replies.Json(200, Whole(Message("one. two")))
        );

        var completion = CallResults.Answered(
            await harness.CallAsync(
                new SamplingSpec
                {
                    LogProbabilities = true,
                    Seed = 1,
                    Stop = ["."],
                }
            )
        );

        // The app itself ends the answer at the text.
        Assert.Equal("one", completion.Text);
        Assert.Equal(["seed", "stop", "logprobs"], completion.LeftOut);
        Assert.False(harness.Server.Ledger[1].Body.TryGetProperty("include", out _));
        Assert.Contains(
            harness.Log.GetSnapshot(),
            record => record.Message.Contains("requests are sent with NoLogProbabilities.", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("max_output_tokens", "integer_below_min_value", "sampling.maxOutputTokens")]
    [InlineData("text.format.schema", "invalid_json_schema", "responseFormat")]
    [InlineData("reasoning.effort", "unsupported_value", "sampling.reasoningEffort")]
    [InlineData("text.verbosity", "unsupported_value", "sampling.verbosity")]
    public async Task Refusal_that_would_change_the_evaluation_names_the_specs_field(string parameter, string code, string field)
    {
        await using var harness = await StartAsync(Replies.Error(400, code, parameter));
        var request = CallHarness.Request(new SamplingSpec { ReasoningEffort = ReasoningEffort.Minimal, Verbosity = Verbosity.Low }) with
        {
            ResponseFormat = new Core.Prompts.ResponseFormat(Core.Prompts.ResponseFormatKind.JsonObject),
        };

        var refused = Assert.IsType<ModelCallResult.Misconfigured>(
            await harness.CallAsync("m", request, TestContext.Current.CancellationToken)
        );
        Assert.StartsWith(
            $"{field}: the endpoint of model 'm' does not take what the spec says",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Answer_with_very_many_items_is_bounded()
    {
        var call = """{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}""";
        var completion = await AskAsync(
            Whole(string.Join(',', Enumerable.Repeat(call, 6000))),
            CallHarness.Request(new SamplingSpec { MaxOutputTokens = 4000 })
        );

        Assert.Equal((CallReasons.TooManyToolCalls, 0), (completion.InsteadOfText, completion.ToolCalls.Count));
    }

    private static string Message(string text) =>
        $$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":{{JsonSerializer.Serialize(text)}}}]}""";

    private static string Whole(params string[] items) => Response("completed", $"[{string.Join(',', items)}]");

    private static string Response(string status, string output, string details = "null", string error = "null") =>
        $$"""{"id":"resp","object":"response","created_at":1,"status":"{{status}}","error":{{error}},"incomplete_details":{{details}},"model":"tuned-1","output":{{output}},"usage":{{Usage}}}""";

    private static Task<CallHarness> StartAsync(params RequestDelegate[] script) =>
        CallHarness.StartAsync([("Models:0:Api", "Responses")], script);

    private static async Task<Completion> AskAsync(string body, ModelRequest? request = null)
    {
        await using var harness = await StartAsync(Replies.Json(200, body));
        return CallResults.Answered(await harness.CallAsync("m", request ?? CallHarness.Request(), TestContext.Current.CancellationToken));
    }
}
