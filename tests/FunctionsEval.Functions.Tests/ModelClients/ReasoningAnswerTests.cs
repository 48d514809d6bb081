using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// Reasoning in the fields, parts and texts in which servers give it, and the tokens that are left when it is taken away.
/// </summary>
public sealed class ReasoningAnswerTests
{
    [Theory]
    [InlineData("""{"content":"billing","reasoning_content":"maybe login"}""", "maybe login")]
    [InlineData("""{"content":"\n\nbilling","reasoning":"maybe login"}""", "maybe login")]
    [InlineData(
        """{"content":"billing","reasoning":"maybe login","reasoning_content":"maybe login","reasoning_details":[{"type":"reasoning.text","text":"maybe login"}]}""",
        "maybe login"
    )]
    [InlineData(
        """{"content":"billing","reasoning":null,"reasoning_details":[{"type":"reasoning.summary","summary":"maybe login"}]}""",
        "maybe login"
    )]
    [InlineData("""{"content":"billing","thinking":"maybe login"}""", "maybe login")]
    [InlineData("""{"content":"<think>maybe login</think>billing"}""", "maybe login")]
    [InlineData("""{"content":"login?</think>billing","reasoning_content":"maybe "}""", "maybe \nlogin?")]
    [InlineData(
        """{"content":[{"type":"thinking","thinking":[{"type":"text","text":"maybe login"}]},{"type":"text","text":"billing"}]}""",
        "maybe login"
    )]
    [InlineData(
        """{"content":[{"type":"thinking","thinking":"maybe login","signature":"x"},{"type":"text","text":"billing"}]}""",
        "maybe login"
    )]
    [InlineData("""{"content":[{"type":"redacted_thinking","data":"x"},{"type":"text","text":"billing"}]}""", "")]
    [InlineData(
        """{"content":[{"type":"reasoning_content","reasoning_content":{"reasoningText":{"text":"maybe login"}}},{"text":"billing"}]}""",
        "maybe login"
    )]
    [InlineData("""{"content":[{"thought":true,"text":"maybe login"},{"text":"billing"}]}""", "maybe login")]
    [InlineData("""{"content":"billing","reasoning_content":""}""", null)]
    [InlineData("""{"content":"billing","reasoning":null}""", null)]
    public async Task Reasoning_is_apart_wherever_it_is_given(string message, string? reasoning)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$"""{"choices":[{"message":{{message}},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":7} } }"""
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(
            ("billing", reasoning, 7, null),
            (completion.Text, completion.Reasoning, completion.ReasoningTokens, completion.InsteadOfText)
        );
    }

    [Theory]
    [InlineData("""{"content":null,"reasoning_content":"It is billing."}""")]
    [InlineData("""{"content":"","reasoning":"It is billing."}""")]
    [InlineData("""{"content":"<think>It is billing."}""")]
    [InlineData("""{"content":"<think>It is billing.</think>\n"}""")]
    [InlineData("""{"content":[{"type":"thinking","thinking":"It is billing."}]}""")]
    public async Task Reasoning_alone_is_no_answer_and_paid_once(string message)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $$"""{"choices":[{"message":{{message}},"finish_reason":"stop"}]}""")
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(
            ("", "It is billing.", CallReasons.ReasoningOnly, 1),
            (completion.Text, completion.Reasoning, completion.InsteadOfText, completion.Attempts)
        );
    }

    [Fact]
    public async Task Reasoning_of_a_stream_is_put_together()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Events(
                """{"choices":[{"delta":{"role":"assistant","content":"","reasoning_content":"may"}}]}""",
                """{"choices":[{"delta":{"reasoning_content":"be login"}}]}""",
                """{"choices":[{"delta":{"content":"<thi"}}]}""",
                """{"choices":[{"delta":{"content":"nk>or not</think>bill"}}]}""",
                """{"choices":[{"delta":{"content":"ing"},"finish_reason":"stop"}]}""",
                "[DONE]"
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = true }));

        Assert.Equal(("billing", "maybe login\nor not"), (completion.Text, completion.Reasoning));
    }

    /// <summary>Servers give the tokens of the reasoning with the others: sum and alternatives are those of the answer alone.</summary>
    [Theory]
    [InlineData("""{"content":"billing","reasoning_content":"hm"}""")]
    [InlineData("""{"content":"<think>hm</think>\nbilling"}""")]
    public async Task Log_probabilities_are_those_of_the_answers_tokens(string message)
    {
        const string Tokens = """
            {"content":[
              {"token":"<think>","logprob":-9,"top_logprobs":[{"token":"<think>","logprob":-9}]},{"token":"hm","logprob":-9,"top_logprobs":[]},{"token":"</think>","logprob":-9,"top_logprobs":[]},
              {"token":"\nbill","logprob":-0.5,"top_logprobs":[{"token":"\nbill","logprob":-0.5},{"token":"login","logprob":-2.5}]},{"token":"ing","logprob":-0.25,"top_logprobs":[]},
              {"token":"<|im_end|>","logprob":-0.125,"top_logprobs":[]}]}
            """;
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $$"""{"choices":[{"message":{{message}},"finish_reason":"stop","logprobs":{{Tokens}} }]}""")
        );

        var completion = CallResults.Answered(
            await harness.CallAsync("m", CallHarness.Request() with { TopLogProbabilities = true }, TestContext.Current.CancellationToken)
        );

        Assert.Equal((-0.75, 2), (completion.LogProbability, completion.LogProbabilityTokens));
        Assert.Equal(["\nbill", "ing"], completion.Tokens!.Select(token => token.Text));
    }

    [Fact]
    public async Task Reasoning_whose_tokens_cannot_be_told_from_the_answers_leaves_no_sum()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                """{"choices":[{"message":{"content":"billing","reasoning_content":"hm"},"finish_reason":"stop","logprobs":{"content":[{"token":"other","logprob":-1}]}}]}"""
            )
        );

        Assert.Null(CallResults.Answered(await harness.CallAsync(new SamplingSpec { LogProbabilities = true })).LogProbability);
    }

    /// <summary>
    /// A label of two tokens, each half a character: 👍 is F0 9F 91 8D, 👎 is F0 9F 91 8E. 1/(1+e^-1.2) of the mass that the alternatives
    /// account for.
    /// </summary>
    [Theory]
    [InlineData(
        """{"token":"\\xf0\\x9f\\x91","bytes":[240,159,145],"logprob":-0.2}""",
        """{"token":"\\x8d","bytes":[141],"logprob":-0.3,"top_logprobs":[{"token":"\\x8d","bytes":[141],"logprob":-0.3},{"token":"\\x8e","bytes":[142],"logprob":-1.5}]}"""
    )]
    [InlineData(
        """{"token":"\ufffd","bytes":[240,159,145],"logprob":-0.2}""",
        """{"token":"\ufffd","bytes":[141],"logprob":-0.3,"top_logprobs":[{"token":"\ufffd","bytes":[141],"logprob":-0.3},{"token":"\ufffd","bytes":[142],"logprob":-1.5}]}"""
    )]
    [InlineData(
        """{"token":"\\xf0\\x9f\\x91","bytes":null,"logprob":-0.2}""",
        """{"token":"\\x8d","logprob":-0.3,"top_logprobs":[{"token":"\\x8d","logprob":-0.3},{"token":"\\x8e","logprob":-1.5}]}"""
    )]
    [InlineData(
        """{"token":"<0xF0><0x9F><0x91>","logprob":-0.2}""",
        """{"token":"<0x8D>","logprob":-0.3,"top_logprobs":[{"token":"<0x8D>","logprob":-0.3},{"token":"<0x8E>","logprob":-1.5}]}"""
    )]
    [InlineData(
        """{"token":"bytes:\\xf0\\x9f\\x91","logprob":-0.2}""",
        """{"token":"bytes:\\x8d","logprob":-0.3,"top_logprobs":[{"token":"bytes:\\x8d","logprob":-0.3},{"token":"bytes:\\x8e","logprob":-1.5}]}"""
    )]
    public async Task Token_that_splits_a_character_leads_to_its_label(string first, string second)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$"""{"choices":[{"message":{"content":"👍"},"finish_reason":"stop","logprobs":{"content":[{{first}},{{second}}]} }]}"""
            )
        );
        var parser = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["👍", "👎"],
        }.CreateParser();

        var completion = CallResults.Answered(
            await harness.CallAsync("m", CallHarness.Request() with { TopLogProbabilities = true }, TestContext.Current.CancellationToken)
        );

        var reading = parser.ReadLabelProbabilities(completion.Tokens!)!;
        Assert.True(reading.Probabilities["👍"] > 0.7 && reading.Probabilities["👎"] < 0.3, string.Join(' ', reading.Probabilities));
        Assert.Equal(-0.5, completion.LogProbability!.Value, 1e-12);
    }

    /// <summary>As Python's servers write them, as JSON can, and as texts.</summary>
    [Theory]
    [InlineData("-Infinity")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("\"-inf\"")]
    [InlineData("\"-Infinity\"")]
    [InlineData("1e999")]
    public async Task Log_probability_that_is_no_number_is_an_alternative_that_is_not_there_and_paid_once(string number)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$"""{"choices":[{"message":{"content":"billing"},"finish_reason":"stop","logprobs":{"content":[{"token":"billing","logprob":-0.1,"bytes":null,"top_logprobs":[{"token":"x","logprob":{{number}},"bytes":null},{"token":"y","logprob":-3}]}]} }]}"""
            )
        );

        var completion = CallResults.Answered(
            await harness.CallAsync("m", CallHarness.Request() with { TopLogProbabilities = true }, TestContext.Current.CancellationToken)
        );

        Assert.Equal(("billing", 1, -0.1), (completion.Text, completion.Attempts, completion.LogProbability));
        Assert.Equal([new TopLogProbability("y", -3)], Assert.Single(completion.Tokens!).TopLogProbabilities);
    }

    [Theory]
    [InlineData("max_tokens", AnswerCut.MaxOutputTokens)]
    [InlineData("MAX_TOKENS", AnswerCut.MaxOutputTokens)]
    [InlineData("maxTokens", AnswerCut.MaxOutputTokens)]
    [InlineData("max_new_tokens", AnswerCut.MaxOutputTokens)]
    [InlineData("Length", AnswerCut.MaxOutputTokens)]
    [InlineData("FINISH_REASON_MAX_TOKENS", AnswerCut.MaxOutputTokens)]
    [InlineData("FINISH_REASON_LENGTH", AnswerCut.MaxOutputTokens)]
    [InlineData("maximum_tokens", AnswerCut.MaxOutputTokens)]
    [InlineData("token_limit_reached", AnswerCut.MaxOutputTokens)]
    [InlineData("model_length", AnswerCut.Context)]
    [InlineData("MODEL_CONTEXT_WINDOW_EXCEEDED", AnswerCut.Context)]
    [InlineData("stop", AnswerCut.None)]
    [InlineData("STOP", AnswerCut.None)]
    [InlineData("end_turn", AnswerCut.None)]
    [InlineData("stop_sequence", AnswerCut.None)]
    [InlineData("eos", AnswerCut.None)]
    [InlineData("eos_token", AnswerCut.None)]
    [InlineData("COMPLETE", AnswerCut.None)]
    [InlineData("something_new", AnswerCut.None)]
    public async Task Reason_to_stop_is_read_in_any_spelling(string reason, AnswerCut cut)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $$"""{"choices":[{"message":{"content":"bill"},"finish_reason":"{{reason}}"}]}""")
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((cut, reason), (completion.Cut, completion.FinishReason));
    }

    [Theory]
    [InlineData("SAFETY")]
    [InlineData("FINISH_REASON_SAFETY")]
    [InlineData("RECITATION")]
    [InlineData("BLOCKLIST")]
    [InlineData("PROHIBITED_CONTENT")]
    [InlineData("SPII")]
    [InlineData("refusal")]
    [InlineData("content_filtered")]
    [InlineData("contentFilter")]
    [InlineData("CONTENT_FILTER")]
    [InlineData("content_filter: SAFETY")]
    [InlineData("guardrail_intervened")]
    [InlineData("sensitive")]
    public async Task Filter_is_a_filter_in_any_spelling(string reason)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$"""{"choices":[{"message":{"content":""},"finish_reason":"{{reason}}"}],"usage":{"prompt_tokens":10,"completion_tokens":5} }"""
            )
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());

        Assert.Equal(
            (Outcome.ContentFiltered, CallReasons.ContentFilter, 10, 5),
            (failed.Outcome, failed.Reason, failed.InputTokens, failed.OutputTokens)
        );
    }

    [Theory]
    [InlineData("error")]
    [InlineData("abort")]
    [InlineData("insufficient_system_resource")]
    [InlineData("network_error")]
    public async Task Answer_that_says_it_broke_off_is_asked_for_once_more(string reason)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, $$"""{"choices":[{"message":{"content":"bil"},"finish_reason":"{{reason}}"}]}"""),
            Replies.Ok
        );

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
    }

    [Fact]
    public async Task Reason_to_stop_that_is_an_object_is_read_by_its_type()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, """{"choices":[{"message":{"content":"bill"},"finish_reason":{"type":"length","length":16}}]}""")
        );

        Assert.Equal(AnswerCut.MaxOutputTokens, CallResults.Answered(await harness.CallAsync()).Cut);
    }
}
