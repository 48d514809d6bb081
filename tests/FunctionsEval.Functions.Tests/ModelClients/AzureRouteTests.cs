using System.Collections.Concurrent;
using Azure.Core;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>The routes of Azure against a server: what it is sent, and what is told of who answered.</summary>
public sealed class AzureRouteTests
{
    [Theory]
    [InlineData("/openai/v1", "/openai/v1/chat/completions", "v1")]
    [InlineData("/api/projects/p", "/api/projects/p/openai/v1/chat/completions", "project v1")]
    public async Task V1_route_has_the_deployment_in_the_body_and_the_key_in_azures_header(string path, string sent, string route)
    {
        await using var harness = await StartAsync(path, identity: null, Replies.Ok);

        var answered = CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal(sent, seen.PathAndQuery);
        Assert.Equal("tuned-1", seen.Body.GetProperty("model").GetString());
        Assert.Equal(CallHarness.Key, seen.Headers["api-key"]);
        Assert.False(seen.Headers.ContainsKey("Authorization"));
        Assert.Equal((route, (string?)null), (answered.Route, answered.OtherDeployment));
    }

    [Fact]
    public async Task Dated_route_is_as_before_and_is_told()
    {
        await using var harness = await StartAsync("", identity: null, Replies.Ok);

        var answered = CallResults.Answered(await harness.CallAsync());

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/openai/deployments/tuned-1/chat/completions?api-version=2024-10-21", seen.PathAndQuery);
        Assert.False(seen.Body.TryGetProperty("model", out _));
        Assert.Equal("deployments (api-version 2024-10-21)", answered.Route);
    }

    [Theory]
    [InlineData("", "https://cognitiveservices.azure.com/.default")]
    [InlineData("/api/projects/p", "https://ai.azure.com/.default")]
    public async Task Identity_gets_a_token_of_the_scope_of_the_address(string path, string scope)
    {
        var identity = new Identity();
        await using var harness = await StartAsync(path, identity, Replies.Ok);

        CallResults.Answered(await harness.CallAsync());

        Assert.Equal([scope], identity.Scopes.Distinct());
        Assert.Equal("Bearer token", Assert.Single(harness.Server.Ledger).Headers["Authorization"]);
    }

    [Fact]
    public async Task Compatible_server_with_a_scope_is_called_with_the_identity_and_follows_no_redirect()
    {
        var identity = new Identity();
        await using var elsewhere = await ModelServer.StartAsync(Replies.Ok);
        var server = await ModelServer.StartAsync(
            Replies.Ok,
            Replies.Json(307, "", ("Location", $"http://127.0.0.1:{elsewhere.Port}/v1/chat/completions"))
        );
        await using var harness = CallHarness.Create(
            server,
            $"http://127.0.0.1:{server.Port}/v1",
            identity,
            ("Models:0:TokenScope", "https://ml.azure.com/.default")
        );

        CallResults.Answered(await harness.CallAsync());
        Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.Equal(["https://ml.azure.com/.default"], identity.Scopes.Distinct());
        Assert.All(server.Ledger, seen => Assert.Equal("Bearer token", seen.Headers["Authorization"]));
        Assert.Empty(elsewhere.Ledger);
    }

    [Fact]
    public async Task Compatible_server_without_a_scope_gets_no_token()
    {
        var identity = new Identity();
        var server = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = CallHarness.Create(server, $"http://127.0.0.1:{server.Port}/v1", identity);

        CallResults.Answered(await harness.CallAsync());

        Assert.Empty(identity.Scopes);
    }

    [Fact]
    public async Task Refused_identity_of_a_compatible_server_names_the_scope()
    {
        var server = await ModelServer.StartAsync(Replies.Error(401, "unauthorized"));
        await using var harness = CallHarness.Create(
            server,
            $"http://127.0.0.1:{server.Port}/v1",
            new Identity(),
            ("Models:0:TokenScope", "https://ml.azure.com/.default")
        );

        var refused = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.Contains("refused the managed identity", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Models__0__TokenScope", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-ms-spillover-from-deployment", "tuned-1", "standard", "standard")]
    [InlineData("x-ms-spillover-from-tuned-1", "true", "standard", "standard")]
    [InlineData("x-ms-region", "West Europe", "standard", "standard")]
    [InlineData("x-ms-spillover-from-deployment", "tuned-1", "<script>", "a deployment without a name")]
    [InlineData("x-ms-spillover-from-deployment", "tuned-1", null, "a deployment without a name")]
    [InlineData("x-ms-region", "West Europe", "TUNED-1", null)]
    [InlineData("x-ms-region", "West Europe", null, null)]
    public async Task Answer_from_another_deployment_is_told(string header, string value, string? deployment, string? told)
    {
        (string, string)[] headers = [(header, value), .. deployment is null ? [] : new[] { ("x-ms-deployment-name", deployment) }];
        await using var harness = await StartAsync("/openai/v1", identity: null, Replies.Json(200, Replies.Answer, headers));

        Assert.Equal(told, CallResults.Answered(await harness.CallAsync()).OtherDeployment);
    }

    [Theory]
    [InlineData(
        "DeploymentNotFound",
        404,
        "The API deployment for this resource does not exist.",
        "Models__0__Deployment",
        "no deployment"
    )]
    [InlineData(
        "BadRequest",
        400,
        "api-version query parameter is not allowed when using /v1 path",
        "Models__0__ApiVersion",
        "api-version"
    )]
    [InlineData("BadRequest", 400, "API version not supported", "Models__0__ApiVersion", "api-version")]
    [InlineData("BadRequest", 400, "Model not supported", "Models__0__Api", "does not have the Chat API")]
    public async Task Refusal_of_the_v1_route_names_the_setting(string code, int status, string text, string setting, string said)
    {
        var body = $$$"""{"error":{"code":"{{{code}}}","message":"{{{text}}}"}}""";
        await using var harness = await StartAsync("/openai/v1", identity: null, Replies.Json(status, body));

        var refused = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.StartsWith($"{setting}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "404", "Resource not found", "Models__0__Endpoint: nothing answers")]
    [InlineData(400, "MissingApiVersionParameter", "", "Models__0__ApiVersion: the endpoint does not take this api-version (v1; ")]
    public async Task Refusal_of_the_route_that_stands_in_for_an_old_version_says_so(int status, string code, string text, string said)
    {
        var server = await ModelServer.StartAsync(Replies.Json(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{text}}}"}}"""));
        await using var harness = CallHarness.Create(
            server,
            $"http://127.0.0.1:{server.Port}",
            null,
            ("Models:0:Provider", "AzureOpenAI"),
            ("Models:0:Api", "Responses")
        );

        var refused = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync());

        Assert.Equal("/openai/v1/responses", Assert.Single(server.Ledger).PathAndQuery);
        Assert.StartsWith(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains("api-version 2024-10-21 is older than it", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Models__0__ApiVersion to 2025-03-01-preview", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_that_is_missing_is_called_one_by_a_compatible_provider_too()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(404, "DeploymentNotFound"));

        Assert.Contains(
            "the endpoint has no deployment 'tuned-1'",
            Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message,
            StringComparison.Ordinal
        );
    }

    private static async Task<CallHarness> StartAsync(
        string path,
        TokenCredential? identity,
        params Microsoft.AspNetCore.Http.RequestDelegate[] script
    )
    {
        var server = await ModelServer.StartAsync(script);
        return CallHarness.Create(server, $"http://127.0.0.1:{server.Port}{path}", identity, ("Models:0:Provider", "AzureOpenAI"));
    }

    private sealed class Identity : TokenCredential
    {
        public ConcurrentQueue<string> Scopes { get; } = new();

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Enqueue(string.Join(' ', requestContext.Scopes));
            return new AccessToken("token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
