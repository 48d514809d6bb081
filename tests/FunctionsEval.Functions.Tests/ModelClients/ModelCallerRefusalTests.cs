using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Refusals in the shapes of the servers in use: whose fault each is, and what of it is passed on.</summary>
public sealed class ModelCallerRefusalTests
{
    /// <summary>Status, body, the setting to check, and what the message says.</summary>
    public static readonly TheoryData<int, string, string, string> AccountFaults = new()
    {
        {
            402,
            """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""",
            "ApiKey",
            "no quota or credit left"
        },
        {
            400,
            """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}""",
            "ApiKey",
            "no quota or credit left"
        },
        { 400, """{"code":"Arrearage","message":"Access denied.","request_id":"r"}""", "ApiKey", "no quota or credit left" },
        { 200, """{"error":{"message":"SECRET-PROMPT","code":402}}""", "ApiKey", "no quota or credit left" },
        {
            400,
            """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}]""",
            "ApiKey",
            "API_KEY_INVALID"
        },
        {
            400,
            """{"code":"Client specified an invalid argument","error":"Incorrect API key provided: sk-***"}""",
            "ApiKey",
            "refused the key (status 400)"
        },
        {
            401,
            """{"statusCode":401,"message":"Access denied due to missing subscription key."}""",
            "ApiKey",
            "refused the key (status 401)"
        },
        {
            401,
            """{"error":{"message":"SECRET-PROMPT","type":"invalid_request_error","code":"account_deactivated"}}""",
            "ApiKey",
            "closed or suspended"
        },
        {
            400,
            """{"error":{"message":"SECRET-PROMPT","type":"invalid_request_error","code":"organization_restricted"}}""",
            "ApiKey",
            "closed or suspended"
        },
        { 403, """{"error":{"message":"SECRET-PROMPT","type":"access_terminated","code":null}}""", "ApiKey", "closed or suspended" },
        { 429, """{"error":{"code":"SubscriptionSuspended","message":"SECRET-PROMPT"}}""", "ApiKey", "closed or suspended" },
    };

    /// <summary>Status, body, the reason, what the message says in brackets, and the fix after it.</summary>
    public static readonly TheoryData<int, string, string, string, string> RequestRefusals = new()
    {
        {
            400,
            """{"error":{"message":"Unsupported parameter: 'stop' is not supported with this model.","type":"invalid_request_error","param":"stop","code":"unsupported_parameter"}}""",
            "unsupported_parameter",
            "status 400, unsupported_parameter, parameter 'stop'",
            ""
        },
        {
            422,
            """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","guard"],"msg":"SECRET-PROMPT","input":"SECRET-PROMPT"}]},"type":"invalid_request_error","param":null,"code":null}""",
            "extra_forbidden",
            "status 422, extra_forbidden, parameter 'guard'",
            ""
        },
        {
            422,
            """{"detail":[{"type":"missing","loc":["body","input"],"msg":"Field required"}]}""",
            "missing",
            "status 422, missing, parameter 'input'",
            ""
        },
        {
            400,
            """{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` and `top_p` cannot both be specified for this model."}}""",
            "invalid_request_error",
            "status 400, invalid_request_error, parameter 'temperature'",
            " Change sampling.temperature in the spec, or name another model."
        },
        {
            400,
            """{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}""",
            CallReasons.ContextLength,
            "status 400, BadRequestError",
            ""
        },
        { 400, """{"detail":"Context window exceeded for this model"}""", CallReasons.ContextLength, "status 400", "" },
        {
            400,
            """{"error":{"message":"You wrote: API key not valid. Your credit balance is too low.","code":"invalid_value"}}""",
            "invalid_value",
            "status 400, invalid_value",
            ""
        },
        {
            200,
            """{"error":{"message":"Provider returned error","code":400,"metadata":{"provider_name":"X"}}}""",
            "http_400",
            "status 400",
            ""
        },
        {
            400,
            """{"error":{"message":"SECRET-PROMPT","param":"SECRET PROMPT","code":"you said SECRET-PROMPT","status":"SECRET PROMPT"}}""",
            "http_400",
            "status 400",
            ""
        },
    };

    [Theory]
    [MemberData(nameof(AccountFaults))]
    public async Task Fault_of_the_account_ends_the_run_with_one_request_and_names_the_key(
        int status,
        string body,
        string setting,
        string expected
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;

        Assert.StartsWith($"Models__0__{setting}: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        404,
        """{"error":{"code":"DeploymentNotFound","message":"If you created the deployment within the last 5 minutes, please wait a moment and try again."}}""",
        "Deployment"
    )]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""", "Endpoint")]
    [InlineData(403, """{"error":{"code":"model_not_found","message":"Project does not have access to model."}}""", "Deployment")]
    public async Task Deployment_that_azure_does_not_know_may_appear(int status, string body, string setting)
    {
        await using var harness = await CallHarness.StartAzureAsync(null, [], Replies.Json(status, body));

        var misconfigured = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.True(misconfigured.MayAppear);
        Assert.StartsWith($"Models__0__{setting}: ", misconfigured.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        404,
        """{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}""",
        "Deployment",
        true
    )]
    [InlineData(
        404,
        """{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}""",
        "Deployment",
        true
    )]
    [InlineData(404, """{"detail":"Not Found"}""", "Endpoint", false)]
    [InlineData(401, """{"error":{"code":"invalid_api_key"}}""", "ApiKey", false)]
    public async Task Model_that_another_server_does_not_know_may_appear_and_a_wrong_address_or_key_does_not(
        int status,
        string body,
        string setting,
        bool mayAppear
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));

        var misconfigured = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.Equal(mayAppear, misconfigured.MayAppear);
        Assert.StartsWith($"Models__0__{setting}: ", misconfigured.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        429,
        """{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 30601. The input or output tokens must be reduced.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}""",
        CallReasons.RequestTooLarge
    )]
    [InlineData(
        429,
        """{"error":{"message":"Tokens per minute: Limit 8000, Requested 9000","code":"rate_limit_exceeded"}}""",
        CallReasons.RequestTooLarge
    )]
    [InlineData(413, """{"type":"error","error":{"type":"request_too_large","message":"SECRET-PROMPT"}}""", "request_too_large")]
    [InlineData(
        413,
        """{"error":{"message":"Request too large for model","type":"tokens","code":"rate_limit_exceeded"}}""",
        "rate_limit_exceeded"
    )]
    [InlineData(413, "<html>", "http_413")]
    [InlineData(
        200,
        """{"error":{"message":"Request too large for gpt-4o: Limit 30000, Requested 30601","code":"rate_limit_exceeded"}}""",
        CallReasons.RequestTooLarge
    )]
    public async Task Request_that_can_never_be_taken_is_rejected_at_once(int status, string body, string reason)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body, ("Retry-After", "60")));

        AssertRejected(reason, await harness.CallAsync());
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29500, Requested 601. Please try again in 202ms.","type":"tokens","code":"rate_limit_exceeded"}}"""
    )]
    [InlineData("""{"error":{"message":"Limit 30000, Requested 601","code":"rate_limit_exceeded"}}""")]
    [InlineData(
        """{"error":{"code":"429","message":"Requests have exceeded token rate limit of your current pricing tier. Please retry after 86400 seconds."}}"""
    )]
    public async Task Request_that_fits_at_another_time_waits(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(429, body, ("Retry-After", "86400")));

        var later = Assert.IsType<ModelCallResult.RetryLater>(await harness.CallAsync());

        Assert.Equal(Outcome.Exhausted, later.IfGivenUp.Outcome);
    }

    [Theory]
    [MemberData(nameof(RequestRefusals))]
    public async Task Refusal_of_the_request_names_the_endpoints_code_and_parameter_and_none_of_its_text(
        int status,
        string body,
        string reason,
        string expected,
        string fix
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));

        Assert.Equal($"The endpoint refused the request ({expected}).{fix}", AssertRejected(reason, await harness.CallAsync()).Message);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        422,
        """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error"}"""
    )]
    [InlineData(422, """{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":1}]}""")]
    [InlineData(
        400,
        """[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT","details":[]}}]"""
    )]
    public async Task Parameter_that_a_server_does_not_know_is_left_out_from_then_on(int status, string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync(new SamplingSpec { Seed = 1 })).Attempts);
        Assert.Equal(1, CallResults.Answered(await harness.CallAsync(new SamplingSpec { Seed = 1 })).Attempts);
        Assert.Equal([true, false, false], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("seed", out _)));
    }

    [Theory]
    [InlineData("""{"error":{"message":"SECRET-PROMPT","code":429}}""")]
    [InlineData("""{"type":"error","error":{"type":"rate_limit_error","message":"SECRET-PROMPT"}}""")]
    public async Task Throttling_in_the_body_of_an_answer_is_throttling(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body, ("Retry-After", "86400")), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.True(harness.Registry.TryGet("m", out var model));
        Assert.Equal(1, model.Limiter.Snapshot().Throttled);
    }

    private static ModelCallResult.Failed AssertRejected(string reason, ModelCallResult result)
    {
        var failed = Assert.IsType<ModelCallResult.Failed>(result);
        Assert.Equal((Outcome.Rejected, reason, 1), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.DoesNotContain("SECRET", failed.Message, StringComparison.Ordinal);
        return failed;
    }
}
