using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Azure's content filters in the shapes that Microsoft's pages show: a sample's outcome, never a failure of the run.</summary>
public sealed class ContentFilterTests
{
    private const string Safe = """{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"detected":false,"filtered":false}}""";

    [Theory]
    [InlineData(400, "content_filter", "ResponsibleAIPolicyViolation")]
    [InlineData(400, "content_filter", null)]
    [InlineData(400, "BadRequest", "ResponsibleAIPolicyViolation")]
    [InlineData(403, "content_filter", null)]
    [InlineData(500, "content_filter", null)]
    public async Task Withheld_prompt_names_its_filters_and_is_asked_once(int status, string code, string? inner)
    {
        var innerError = inner is null
            ? ""
            : $$$$$$""","innererror":{"code":"{{{{{{inner}}}}}}","content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"detected":true,"filtered":true},"SECRET x":{"filtered":true}}}""";
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                status,
                $$$$$$"""{"error":{"message":"SECRET-PROMPT was filtered","type":null,"param":"prompt","code":"{{{{{{code}}}}}}","status":400{{{{{{innerError}}}}}}}}"""
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());

        Assert.Equal((Outcome.ContentFiltered, "content_filter", 1), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.Equal($"A content filter withheld the prompt{(inner is null ? "" : " (jailbreak)")}.", failed.Message);
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Withheld_prompt_of_the_responses_api_names_its_filters()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                400,
                """{"error":{"message":"SECRET-PROMPT","type":"invalid_request_error","code":"content_filter","content_filters":[{"blocked":true,"source_type":"prompt","content_filter_results":{"indirect_attack":{"filtered":true}}},{"blocked":true,"content_filter_results":{"hate":{"filtered":true,"severity":"high"}}}]}}"""
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());

        Assert.Equal("A content filter withheld the prompt (hate, indirect_attack).", failed.Message);
    }

    [Fact]
    public async Task Withheld_answer_is_booked_and_names_its_filters()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                """{"choices":[{"index":0,"message":{"role":"assistant"},"finish_reason":"content_filter","content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}}}],"usage":{"prompt_tokens":9,"completion_tokens":4}}"""
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());

        Assert.Equal((Outcome.ContentFiltered, 9, 4), (failed.Outcome, failed.InputTokens, failed.OutputTokens));
        Assert.Equal("A content filter withheld the answer (protected_material_text).", failed.Message);
    }

    [Fact]
    public async Task Filter_that_runs_behind_the_stream_withholds_the_answer_even_after_it_has_ended()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(
                $$$$$$"""{"choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{{{{{Safe}}}}}}}]}""",
                """{"choices":[{"index":0,"delta":{"content":"Hey Jude"},"finish_reason":null}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
                """{"choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}},"content_filter_offsets":{"check_offset":65,"start_offset":65,"end_offset":1056}}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
                "[DONE]"
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal(Outcome.ContentFiltered, failed.Outcome);
        Assert.Equal("A content filter withheld the answer (protected_material_text).", failed.Message);
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Annotations_of_a_stream_that_passes_are_no_part_of_its_answer()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(
                $$$$$$"""{"id":"","model":"","choices":[],"prompt_annotations":[{"prompt_index":0,"content_filter_results":{{{{{{Safe}}}}}}}]}""",
                """{"choices":[{"index":0,"delta":{"content":"billing"},"finish_reason":null}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
                $$$$$$"""{"choices":[{"index":0,"finish_reason":null,"content_filter_results":{{{{{{Safe}}}}}},"content_filter_offsets":{"check_offset":506,"start_offset":44,"end_offset":571}}]}""",
                "[DONE]"
            )
        );

        var answered = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal(("billing", "stop"), (answered.Text, answered.FinishReason));
    }

    [Theory]
    [InlineData("content_filter_result")]
    [InlineData("content_filter_results")]
    public async Task Filter_that_failed_itself_leaves_an_answer(string member)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$$$$$"""{"choices":[{"index":0,"message":{"content":"billing"},"finish_reason":"stop","{{{{{{member}}}}}}":{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}}]}"""
            )
        );

        Assert.Equal("billing", CallResults.Answered(await harness.CallAsync()).Text);
    }

    [Theory]
    [InlineData("""{"error":{"code":"content_filter","message":"SECRET-PROMPT","content_filter_result":{"violence":{"filtered":true}}}}""")]
    [InlineData(
        """{"type":"error","code":"content_filter","message":"SECRET-PROMPT","content_filters":[{"content_filter_results":{"violence":{"filtered":true}}}]}"""
    )]
    [InlineData(
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"content_filter","message":"SECRET-PROMPT"},"content_filters":[{"content_filter_results":{"violence":{"filtered":true}}}]}}"""
    )]
    public async Task Error_of_a_filter_amid_a_stream_is_the_samples_outcome_and_its_part_is_booked(string error)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events("""{"choices":[{"index":0,"delta":{"content":"He"},"finish_reason":null}]}""", error)
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal((Outcome.ContentFiltered, 1), (failed.Outcome, failed.OutputTokens));
        Assert.Equal("A content filter withheld the prompt or the answer (violence).", failed.Message);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData("rate_limit_exceeded", 2)]
    [InlineData("server_error", 2)]
    [InlineData("invalid_image_url", 1)]
    [InlineData("context_length_exceeded", 1)]
    public async Task Failed_response_is_repeated_or_not_as_its_code_says(string code, int requests)
    {
        var failed =
            $$$$$$"""{"type":"response.failed","response":{"status":"failed","error":{"code":"{{{{{{code}}}}}}","message":"m"}}}""";
        await using var harness = await CallHarness.StartAsync(Replies.Events(failed), Replies.Ok);

        var result = await harness.CallAsync(new SamplingSpec { Stream = true });

        Assert.Equal(requests, harness.Server.Ledger.Count);
        Assert.Equal(requests == 1, result is ModelCallResult.Failed { Outcome: Outcome.Rejected });
    }
}
