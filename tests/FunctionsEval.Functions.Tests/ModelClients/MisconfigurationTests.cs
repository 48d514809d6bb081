using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// What can only be mended in the settings ends the run with one request; what a sample can bring about stays the sample's.
/// </summary>
public sealed class MisconfigurationTests
{
    private static readonly (string, string)[] Completions = [("Models:0:Api", "Completions")];

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"model not found","type":"invalid_request_error"}}""")]
    [InlineData(400, """{"error":{"message":"Model 'tuned-1' not found.","type":"invalid_request_error"}}""")]
    [InlineData(400, """{"error":"model \"tuned-1\" not found, try pulling it first"}""")]
    [InlineData(
        400,
        """{"object":"error","message":"The model `tuned-1` does not exist.","type":"NotFoundError","param":null,"code":404}"""
    )]
    [InlineData(
        400,
        """{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"""
    )]
    [InlineData(400, """{"error":{"message":"tuned-1 is not a valid model ID","code":400}}""")]
    [InlineData(
        400,
        """{"error":{"message":"litellm.BadRequestError: Invalid model name passed in model=tuned-1. Call `/v1/models` to view available models for your key.","type":"None","param":"None","code":"400"}}"""
    )]
    [InlineData(400, """{"object":"error","message":"Invalid model: tuned-1","type":"invalid_model","param":null,"code":"1500"}""")]
    [InlineData(400, """{"error":{"message":"Unknown model: tuned-1"}}""")]
    [InlineData(400, """{"error":"Unknown model"}""")]
    [InlineData(400, """{"message":"The provided model identifier is invalid."}""")]
    [InlineData(
        400,
        """{"error":{"message":"No models loaded. Please load a model in the developer page.","type":"invalid_request_error"}}"""
    )]
    [InlineData(
        400,
        """{"error":{"message":"The requested model 'tuned-1' is not supported by any provider you have enabled.","type":"invalid_request_error"}}"""
    )]
    [InlineData(400, """{"error":{"message":"could not find real modelID for tuned-1"}}""")]
    [InlineData(400, """{"error":{"message":"invalid value","param":"model","code":"invalid_value"}}""")]
    [InlineData(422, """{"detail":[{"type":"enum","loc":["body","model"],"msg":"Input should be 'base'"}]}""")]
    [InlineData(422, """{"detail":"Model tuned-1 is not available"}""")]
    [InlineData(400, """{"error":{"message":"Model response-tuned not found"}}""")]
    [InlineData(404, """{"type":"error","error":{"type":"not_found_error","message":"model: tuned-1"}}""")]
    [InlineData(
        404,
        """{"error":{"code":404,"message":"models/tuned-1 is not found for API version v1beta, or is not supported for generateContent.","status":"NOT_FOUND"}}"""
    )]
    public async Task Model_that_the_endpoint_does_not_know_ends_the_run_whatever_the_status(int status, string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));

        var misconfigured = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.StartsWith(
            "Models__0__Deployment: the endpoint has no model 'tuned-1' (status ",
            misconfigured.Message,
            StringComparison.Ordinal
        );
        Assert.True(misconfigured.MayAppear);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"error":{"message":"This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.","param":"messages","code":"context_length_exceeded"}}"""
    )]
    [InlineData("""{"error":{"message":"This model does not support the role 'critic'.","type":"invalid_request_error"}}""")]
    [InlineData("""{"error":{"message":"The model 'tuned-1' does not support image input."}}""")]
    [InlineData("""{"error":{"message":"model role is not supported with this message"}}""")]
    [InlineData(
        """{"error":{"message":"litellm.BadRequestError: BedrockException - Model produced invalid sequence as part of ToolUse."}}"""
    )]
    [InlineData("""{"error":{"message":"The model output is not valid JSON."}}""")]
    [InlineData("""{"error":{"message":"Model generated invalid JSON"}}""")]
    [InlineData("""{"error":{"message":"Invalid model output."}}""")]
    [InlineData("""{"error":{"message":"Invalid prompt: which model was not found? The model x does not exist."}}""")]
    [InlineData("""{"error":{"message":"Could not parse: model not found"}}""")]
    [InlineData("""{"error":{"message":"Conversation roles must alternate user/assistant"}}""")]
    [InlineData("""{"error":{"message":"Unsupported model parameter value","code":"invalid_value","param":"stop"}}""")]
    [InlineData(
        """{"error":{"message":"The response was filtered due to the prompt triggering the model's content management policy.","code":"content_filter"}}"""
    )]
    public async Task Refusal_of_one_sample_stays_the_samples(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(400, body));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());

        Assert.Contains(failed.Outcome, (Outcome[])[Outcome.Rejected, Outcome.ContentFiltered]);
    }

    [Theory]
    [InlineData(501, """{"error":{"code":501,"message":"This server does not support completions.","type":"not_supported_error"}}""")]
    [InlineData(501, "")]
    [InlineData(404, "")]
    [InlineData(405, "")]
    [InlineData(410, "")]
    [InlineData(415, """{"detail":"Unsupported Media Type"}""")]
    [InlineData(426, "")]
    public async Task Endpoint_that_does_not_serve_the_API_ends_the_run_with_one_request(int status, string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;

        Assert.StartsWith("Models__0__Endpoint: ", message, StringComparison.Ordinal);
        Assert.Contains($"status {status}", message, StringComparison.Ordinal);
        Assert.Contains("Models__0__Api (Chat)", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        401,
        """{"error":{"message":"You didn't provide an API key."}}""",
        "no key is set, and the endpoint asks for one (status 401"
    )]
    [InlineData(
        400,
        """[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]""",
        "no key is set, and the endpoint asks for one (status 400"
    )]
    [InlineData(403, "", "the endpoint denied access (status 403). No key is set: ")]
    public async Task Key_that_is_not_set_is_told_from_one_that_is_refused(int status, string body, string expected)
    {
        await using var server = await ModelServer.StartAsync(Replies.Json(status, body));
        await using var without = CallHarness.Create(null, $"http://127.0.0.1:{server.Port}/v1", null, ("Models:0:ApiKey", ""));
        await using var with = CallHarness.Create(null, $"http://127.0.0.1:{server.Port}/v1", null);

        var missing = Assert.IsType<ModelCallResult.Misconfigured>(await without.CallAsync()).Message;
        var refused = Assert.IsType<ModelCallResult.Misconfigured>(await with.CallAsync()).Message;

        Assert.StartsWith("Models__0__ApiKey: " + expected, missing, StringComparison.Ordinal);
        Assert.StartsWith(
            status == 403
                ? "Models__0__ApiKey: the endpoint denied access (status 403). Check that the key"
                : "Models__0__ApiKey: the endpoint refused the key",
            refused,
            StringComparison.Ordinal
        );
    }

    public static TheoryData<int, string> ServersThatDoNotScore =>
        new()
        {
            { 200, """{"choices":[{"text":"the cat","logprobs":null}]}""" },
            { 200, """{"choices":[{"text":" and so on","logprobs":{"token_logprobs":[-1,-2,-3]}}]}""" },
            { 200, """{"choices":[{"text":" and so on","finish_reason":"stop"}]}""" },
            { 400, """{"error":{"code":400,"message":"Only no echo is supported","type":"invalid_request_error"}}""" },
            { 500, """{"error":{"code":500,"message":"Only no echo is supported","type":"server_error"}}""" },
            { 400, """{"error":{"message":"Unrecognized request argument supplied: echo","type":"invalid_request_error"}}""" },
            { 400, """{"error":{"message":"echo is not supported","type":"invalid_request_error"}}""" },
            {
                400,
                """{"error":{"message":"Unsupported parameter: 'logprobs' is not supported with this model.","param":"logprobs","code":"unsupported_parameter"}}"""
            },
        };

    /// <summary>
    /// Neither Api leads on: the message says what can be measured, and none of its advice leads to another message of this kind.
    /// </summary>
    [Theory]
    [MemberData(nameof(ServersThatDoNotScore))]
    public async Task Server_that_does_not_score_given_texts_says_once_what_can_be_measured_with_it(int status, string body)
    {
        var answer = Replies.Json(status, body);
        await using var perplexity = await CallHarness.StartAsync(Completions, answer);
        await using var choice = await CallHarness.StartAsync(Completions, answer);

        var first = Assert.IsType<ModelCallResult.Misconfigured>(await perplexity.ScoreAsync("the cat")).Message;
        var second = Assert
            .IsType<ModelCallResult.Misconfigured>(
                await choice.CallAsync(
                    "m",
                    new ModelRequest { ScoredText = "the cat", ScoredFrom = 3 },
                    TestContext.Current.CancellationToken
                )
            )
            .Message;

        Assert.Contains("task 'generation' with the metric 'self_perplexity'", first, StringComparison.Ordinal);
        Assert.Contains("task 'classification' with the choices in the prompt", second, StringComparison.Ordinal);
        Assert.All(
            [first, second],
            message =>
            {
                Assert.DoesNotContain("to Chat", message, StringComparison.Ordinal);
                Assert.DoesNotContain("=Completions", message, StringComparison.Ordinal);
            }
        );
        Assert.InRange(perplexity.Server.Ledger.Count, 1, 2);
    }
}
