using System.Net;
using System.Net.Sockets;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// An endpoint that is set up wrongly or cannot be connected to: one message that names the setting, and no request too many.
/// </summary>
public sealed class UnusableEndpointTests
{
    [Theory]
    [InlineData(401, "invalid_api_key", "Models__0__ApiKey")]
    [InlineData(403, "unsupported_country_region_territory", "Models__0__ApiKey")]
    [InlineData(404, "model_not_found", "Models__0__Deployment")]
    [InlineData(404, "DeploymentNotFound", "Models__0__Deployment")]
    [InlineData(404, "404", "Models__0__Endpoint")]
    [InlineData(405, "method_not_allowed", "Models__0__Endpoint")]
    [InlineData(400, "UnsupportedApiVersion", "Models__0__ApiVersion")]
    [InlineData(400, "OperationNotSupported", "Models__0__Api")]
    [InlineData(429, "insufficient_quota", "Models__0__ApiKey")]
    public async Task Misconfiguration_ends_the_run_with_one_request_and_names_the_setting(int status, string code, string setting)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(status, code));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;
        Assert.StartsWith(setting + ": ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
        Assert.Contains(harness.Log.GetSnapshot(), record => record.Id.Id == 3003);
    }

    [Fact]
    public async Task Redirect_is_not_followed_and_names_the_endpoint()
    {
        await using var elsewhere = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(307, "", ("Location", $"http://127.0.0.1:{elsewhere.Port}/v1/chat/completions"))
        );

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;
        Assert.StartsWith("Models__0__Endpoint: ", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
        Assert.Empty(elsewhere.Ledger);
    }

    [Fact]
    public async Task Model_nobody_configured_costs_no_request()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        var result = await harness.CallAsync("other", CallHarness.Request(), TestContext.Current.CancellationToken);
        Assert.Equal(
            "Models: there is no model 'other'. Configured models: m. Add it as Models__0__Name, or change the spec.",
            Assert.IsType<ModelCallResult.Misconfigured>(result).Message
        );
        Assert.Empty(harness.Server.Ledger);
    }

    [Fact]
    public async Task Dead_port_is_unreachable_after_all_attempts()
    {
        // Bound but not listening: no one else gets the port, and connections are refused.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        await using var harness = CallHarness.Create(null, $"http://127.0.0.1:{port}/v1", null);

        var message = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync()).Message;
        Assert.StartsWith($"Models__0__Endpoint: no connection to 127.0.0.1:{port} in 6 attempts", message, StringComparison.Ordinal);
        Assert.Equal(5, harness.Time.Waits.Count);
    }

    [Fact]
    public async Task Endpoint_without_tls_is_unreachable_over_https()
    {
        await using var server = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = CallHarness.Create(null, $"https://127.0.0.1:{server.Port}/v1", null);

        Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync());
        Assert.Empty(server.Ledger);
    }
}
