using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// Answers of which nothing can be used, and those that are no answer: what each is taken for, and the requests that it costs.
/// </summary>
public sealed class UnusableAnswerTests
{
    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"bil""", CallReasons.UnreadableBody)]
    [InlineData("", CallReasons.UnreadableBody)]
    [InlineData("""{"choices":[]}""", CallReasons.EmptyChoices)]
    [InlineData("""{"choices":null}""", CallReasons.EmptyChoices)]
    [InlineData("{}", CallReasons.EmptyChoices)]
    [InlineData("[]", CallReasons.EmptyChoices)]
    [InlineData("""{"choices":"none"}""", CallReasons.EmptyChoices)]
    [InlineData("""{"error":{"message":"SECRET-PROMPT"}}""", CallReasons.ErrorInBody)]
    [InlineData("""{"choices":[{"index":0}]}""", CallReasons.MissingContent)]
    public async Task Body_with_status_200_of_which_nothing_can_be_read_is_tried_again_as_any_server_error(string body, string reason)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body), Replies.Ok);
        await using var hopeless = await CallHarness.StartAsync(Replies.Json(200, body));

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
        CallResults.AssertAway(Outcome.Exhausted, reason, 6, await hopeless.CallAsync());
        Assert.Equal(6, hopeless.Server.Ledger.Count);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"bil"},"finish_reason":"error"}]}""", CallReasons.BrokenAnswer, 0, 1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}""", CallReasons.EmptyChoices, 10, 5)]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":10,"completion_tokens":0}}""", CallReasons.MissingContent, 10, 0)]
    public async Task Answer_that_was_paid_and_is_none_is_asked_for_once_more_and_booked(
        string body,
        string reason,
        int inputTokens,
        int outputTokens
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body));

        var failed = CallResults.AssertAway(Outcome.Exhausted, reason, 2, await harness.CallAsync()).IfGivenUp;

        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal((2 * inputTokens, 2 * outputTokens), (failed.InputTokens, failed.OutputTokens));
    }

    [Fact]
    public async Task Html_with_status_200_is_tried_again()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Html(200), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Body_over_what_was_asked_for_is_refused_whatever_it_ends_with()
    {
        // 64 KiB, and 1 KiB for each of the 256 tokens of the default.
        var padded = new string(' ', (64 + 256) * 1024) + Replies.Answer;
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, padded), Replies.Ok);
        await using var hopeless = await CallHarness.StartAsync(Replies.Json(200, padded));
        await using var longer = await CallHarness.StartAsync(Replies.Json(200, padded));

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        CallResults.AssertAway(Outcome.Exhausted, CallReasons.BodyTooLarge, 2, await hopeless.CallAsync());
        Assert.Equal(1, CallResults.Answered(await longer.CallAsync(new SamplingSpec { MaxOutputTokens = 512 })).Attempts);
    }

    [Theory]
    [InlineData(
        """{"error":{"message":"The response was filtered … SECRET-PROMPT","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"""
    )]
    [InlineData("""{"error":{"message":"SECRET-PROMPT","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}""")]
    [InlineData("""{"error":{"message":"SECRET-PROMPT","code":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""")]
    public async Task Content_filter_on_the_prompt_is_content_filtered(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(400, body));

        CallResults.AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync());
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"choices":[{"message":{"role":"assistant","content":"bil"},"finish_reason":"content_filter"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}"""
    )]
    [InlineData("""{"choices":[{"finish_reason":"content_filter"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}""")]
    public async Task Content_filter_on_the_answer_is_content_filtered_and_billed(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body));

        var failed = CallResults.AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync());
        Assert.Equal((5, 1), (failed.InputTokens, failed.OutputTokens));
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(400, "context_length_exceeded")]
    [InlineData(413, "payload_too_large")]
    [InlineData(422, "invalid_value")]
    public async Task Refusal_of_this_request_is_rejected_with_the_endpoints_code_and_without_its_text(int status, string code)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(status, code, "messages"));

        CallResults.AssertFailed(Outcome.Rejected, code, 1, await harness.CallAsync());
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Code_that_is_a_sentence_is_not_passed_on()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(400, """{"error":{"code":"you said SECRET-PROMPT","type":"SECRET PROMPT","message":"SECRET-PROMPT"}}""")
        );

        CallResults.AssertFailed(Outcome.Rejected, "http_400", 1, await harness.CallAsync());
    }

    [Fact]
    public async Task Length_is_an_answer_whose_meaning_is_the_callers()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, """{"choices":[{"message":{"content":"bil"},"finish_reason":"length"}]}"""),
            Replies.Json(200, """{"choices":[{"message":{"content":null},"finish_reason":"length"}]}""")
        );

        var cut = CallResults.Answered(await harness.CallAsync());
        var nothing = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(("bil", "length"), (cut.Text, cut.FinishReason));
        Assert.Equal(("", "length"), (nothing.Text, nothing.FinishReason));
    }
}
