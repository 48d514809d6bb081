using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What goes over the wire, by the documents of the Azure OpenAI and OpenAI APIs.</summary>
public sealed class ModelCallerRequestTests
{
    [Fact]
    public async Task OpenAI_path_sends_bearer_key_and_model()
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:Provider", "OpenAI")], Replies.Ok);

        CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/v1/chat/completions", seen.PathAndQuery);
        Assert.Equal($"Bearer {CallHarness.Key}", seen.Headers["Authorization"]);
        Assert.StartsWith("application/json", seen.Headers["Content-Type"], StringComparison.Ordinal);
        AssertJson(
            """
            {"model":"tuned-1","messages":[{"role":"system","content":"Answer with a label."},{"role":"user","content":"SECRET-PROMPT"}],"max_tokens":256,"temperature":0}
            """,
            seen.Body
        );
    }

    [Fact]
    public async Task Azure_path_sends_api_key_to_the_deployment_with_the_api_version()
    {
        await using var harness = await CallHarness.StartAzureAsync(null, [("Models:0:ApiVersion", "2025-03-01-preview")], Replies.Ok);

        CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/openai/deployments/tuned-1/chat/completions?api-version=2025-03-01-preview", seen.PathAndQuery);
        Assert.Equal(CallHarness.Key, seen.Headers["api-key"]);
        Assert.False(seen.Headers.ContainsKey("Authorization"));
        AssertJson(
            """
            {"messages":[{"role":"system","content":"Answer with a label."},{"role":"user","content":"SECRET-PROMPT"}],"max_tokens":256,"temperature":0}
            """,
            seen.Body
        );
    }

    [Fact]
    public async Task Azure_without_key_sends_the_identitys_token()
    {
        await using var harness = await CallHarness.StartAzureAsync(new FixedIdentity("SECRET-TOKEN"), [], Replies.Ok);

        CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("Bearer SECRET-TOKEN", seen.Headers["Authorization"]);
        Assert.False(seen.Headers.ContainsKey("api-key"));
        Assert.EndsWith("?api-version=2024-10-21", seen.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azure_without_key_and_without_identity_is_misconfigured()
    {
        await using var harness = await CallHarness.StartAzureAsync(new NoIdentity(), [], Replies.Ok);

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;
        Assert.StartsWith("Models__0__ApiKey: no key is set", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.Empty(harness.Server.Ledger);
    }

    [Fact]
    public async Task Identity_refused_names_the_role_to_assign()
    {
        await using var harness = await CallHarness.StartAzureAsync(new FixedIdentity("t"), [], Replies.Error(401, "PermissionDenied"));

        Assert.Contains(
            "Cognitive Services OpenAI User",
            Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Compatible_server_without_key_is_called_all_the_same()
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:ApiKey", "")], Replies.Ok);

        CallResults.Answered(await harness.CallAsync());
        Assert.DoesNotContain("SECRET", Assert.Single(harness.Server.Ledger).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_sampling_parameter_is_sent_and_log_probabilities_are_summed()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                """
                {"choices":[{"message":{"content":"billing"},"finish_reason":"stop","logprobs":{"content":[{"token":"bill","logprob":-0.25},{"token":"ing","logprob":-0.5},{"token":"?"}]}}]}
                """
            )
        );

        var completion = CallResults.Answered(
            await harness.CallAsync(
                new SamplingSpec
                {
                    MaxOutputTokens = 7,
                    Temperature = 0.5,
                    TopP = 0.9,
                    Seed = 42,
                    Stop = ["\n", "END"],
                    LogProbabilities = true,
                }
            )
        );

        var body = Assert.Single(harness.Server.Ledger).Body;
        Assert.Equal(
            (7, 0.5, 0.9, 42),
            (
                body.GetProperty("max_tokens").GetInt32(),
                body.GetProperty("temperature").GetDouble(),
                body.GetProperty("top_p").GetDouble(),
                body.GetProperty("seed").GetInt32()
            )
        );
        AssertJson("""["\n","END"]""", body.GetProperty("stop"));
        Assert.True(body.GetProperty("logprobs").GetBoolean());
        Assert.Equal((-0.75, 2, false), (completion.LogProbability, completion.LogProbabilityTokens, completion.IsEcho));
    }

    [Fact]
    public async Task Unset_sampling_parameters_are_not_sent()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        await harness.CallAsync(new SamplingSpec { Temperature = null });

        Assert.Equal(
            ["max_tokens", "messages", "model"],
            Assert.Single(harness.Server.Ledger).Body.EnumerateObject().Select(property => property.Name).Order()
        );
    }

    [Fact]
    public async Task Model_that_refuses_max_tokens_gets_max_completion_tokens_from_then_on()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "unsupported_parameter", "max_tokens"), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(1, CallResults.Answered(await harness.CallAsync()).Attempts);

        Assert.Equal([true, false, false], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("max_tokens", out _)));
        Assert.Equal([false, true, true], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("max_completion_tokens", out _)));
        Assert.Empty(harness.Time.Waits);
        Assert.Single(harness.Log.GetSnapshot(), record => record.Id.Id == 3002);
    }

    [Fact]
    public async Task Reasoning_model_loses_max_tokens_and_temperature_one_after_the_other()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "unsupported_parameter", "max_tokens"),
            Replies.Error(400, "unsupported_value", "temperature"),
            Replies.Ok
        );

        Assert.Equal(3, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(
            ["max_completion_tokens", "messages", "model"],
            harness.Server.Ledger[2].Body.EnumerateObject().Select(property => property.Name).Order()
        );
    }

    [Fact]
    public async Task Refusal_known_by_its_text_only_is_learned_too()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                400,
                """{"error":{"message":"Unrecognized request argument supplied: seed","type":"invalid_request_error","param":null,"code":null}}"""
            ),
            Replies.Ok
        );

        CallResults.Answered(await harness.CallAsync(new SamplingSpec { Seed = 1 }));
        Assert.Equal([true, false], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("seed", out _)));
    }

    [Fact]
    public async Task Refusal_of_what_was_not_sent_is_rejected_after_one_request()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "unsupported_parameter", "top_p"));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync());
        Assert.Equal((Outcome.Rejected, "unsupported_parameter", 1), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Endpoint_that_refuses_the_same_parameter_for_ever_is_asked_twice_and_ends_the_run_by_the_specs_field()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "unsupported_parameter", "max_tokens"));

        Assert.StartsWith(
            "sampling.maxOutputTokens: the endpoint of model 'm'",
            Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Concurrent_first_calls_all_survive_the_switch()
    {
        var refusal = Replies.Error(400, "unsupported_parameter", "max_tokens");
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("max_tokens", out _) ? refusal(context) : Replies.Ok(context)
        );

        var results = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => harness.CallAsync()));

        Assert.All(results, result => Assert.InRange(CallResults.Answered(result).Attempts, 1, 2));
        Assert.Single(harness.Log.GetSnapshot(), record => record.Id.Id == 3002);
    }

    [Fact]
    public async Task Text_outside_unicode_is_sent_with_replacement_characters()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        await harness.CallAsync(
            "m",
            new ModelRequest { Messages = [new ChatMessage("user", "naïve 漢字 😀 \ud83d end")] },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            "naïve 漢字 😀 \ufffd end",
            Assert.Single(harness.Server.Ledger).Body.GetProperty("messages")[0].GetProperty("content").GetString()
        );
    }

    [Fact]
    public async Task Tokens_a_minute_are_charged_by_real_usage()
    {
        // A bucket of 6 tokens a second: the estimate of 256 + 8 is waited off, the real cost of 14 is not.
        await using var harness = await CallHarness.StartAsync([("Models:0:TokensPerMinute", "360")], Replies.Ok);

        await harness.CallAsync();
        await harness.CallAsync();

        Assert.InRange(Assert.Single(harness.Time.Waits).TotalSeconds, 1, 3);
    }

    [Fact]
    public async Task Requests_a_minute_are_never_exceeded()
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:RequestsPerMinute", "60")], Replies.Ok);

        for (var i = 0; i < 5; i++)
        {
            await harness.CallAsync();
        }

        Assert.Equal(4, harness.Time.Waits.Count);
        Assert.Equal(4, harness.Time.Waits.Sum(wait => wait.TotalSeconds), 0.01);
    }

    private static void AssertJson(string expected, JsonElement actual)
    {
        using var document = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(document.RootElement, actual), actual.GetRawText());
    }

    private sealed class FixedIdentity(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("SECRET tenant");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("SECRET tenant");
    }
}
