using System.Text;
using Azure.Core;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>The service of fine-tuning jobs as one that is broken or hostile answers.</summary>
public sealed class FineTuningApiTests : IAsyncLifetime
{
    private readonly ModelTransport _transport = new();
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private WebApplication _server = null!;
    private FineTuningApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context => _answer(context));
        await _server.StartAsync();
        var options = new FineTuningOptions
        {
            Provider = ModelProviders.OpenAI,
            Endpoint = new Uri(_server.Urls.Single() + "/v1"),
            ApiKey = "k",
        };
        _api = new FineTuningApi(Options.Create(options), _transport, () => throw new InvalidOperationException("There is a key."));
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("""{ "id": "ftjob-1", "status": """, " ")]
    [InlineData("""{ "data": [""", "null,")]
    [InlineData("", " ")]
    public async Task Reply_without_an_end_is_given_up_after_8_MiB(string beginning, string rest)
    {
        var sent = 0L;
        _answer = async context =>
        {
            var piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(rest, 1 << 14)));
            await context.Response.WriteAsync(beginning);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                sent += piece.Length;
            }
        };

        foreach (
            var ask in new Func<Task>[]
            {
                () => _api.ListJobsAsync(null, default),
                () => _api.FindJobAsync("ftjob-1", default),
                () => _api.FindFileNameAsync("file-1", default),
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<FineTuningApiException>(ask);
            Assert.Contains("more than 8 MiB", refusal.Message, StringComparison.Ordinal);
        }

        Assert.True(sent > 3 * (7L << 20), "The limit was reached, not another end.");
    }

    [Fact]
    public async Task Latest_checkpoints_are_read_over_pages_without_the_one_that_is_the_tuned_model()
    {
        _answer = context =>
            context.Response.WriteAsync(
                context.Request.Query["after"] == "c2"
                    ? """{ "data": [{ "id": "c3", "fine_tuned_model_checkpoint": "m", "step_number": 100 }, { "id": "c4" }], "has_more": false }"""
                    : """
                    { "data": [{ "id": "c1", "fine_tuned_model_checkpoint": "m:80", "step_number": 80 }, null,
                               { "id": "c2", "fine_tuned_model_checkpoint": "m:90", "step_number": 90 }], "has_more": true }
                    """
            );

        Assert.Equal(
            ["m:90", "m:80"],
            (await _api.ListCheckpointsAsync("ftjob-1", "m", 5, default)).Select(checkpoint => checkpoint.Model)
        );
        Assert.Equal(["m:90"], (await _api.ListCheckpointsAsync("ftjob-1", "m", 1, default)).Select(checkpoint => checkpoint.Model));
    }

    [Fact]
    public async Task Endless_list_of_checkpoints_is_given_up_and_none_is_asked_for_where_none_is_wanted()
    {
        var asked = 0;
        _answer = context =>
        {
            asked++;
            return context.Response.WriteAsync(
                $$"""{ "data": [{ "id": "c{{asked}}", "fine_tuned_model_checkpoint": "m:{{asked}}", "step_number": {{asked}} }], "has_more": true }"""
            );
        };

        Assert.Equal(2, (await _api.ListCheckpointsAsync("ftjob-1", "m", 2, default)).Count);
        Assert.Equal(10, asked);
        Assert.Empty(await _api.ListCheckpointsAsync("ftjob-1", "m", 0, default));
        Assert.Equal(10, asked);
    }

    [Theory]
    [InlineData("""{ "data": null }""")]
    [InlineData("""{ "data": [null, null], "has_more": true }""")]
    [InlineData("""{ }""")]
    public async Task List_of_nothing_has_no_jobs(string reply)
    {
        _answer = context => context.Response.WriteAsync(reply);
        Assert.Empty((await _api.ListJobsAsync(null, default)).Data);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{ "data": [{ "id": 5 }] }""")]
    public async Task Reply_of_another_shape_is_named_as_such(string reply)
    {
        _answer = context => context.Response.WriteAsync(reply);
        await Assert.ThrowsAsync<FineTuningApiException>(() => _api.ListJobsAsync(null, default));
    }

    [Fact]
    public async Task Job_keeps_the_id_that_was_asked_for_whatever_the_reply_says()
    {
        _answer = context =>
            context.Response.WriteAsync("""{ "id": "../../datasets/x", "status": "succeeded", "created_at": 1, "model": "m" }""");
        Assert.Equal("ftjob-1", (await _api.FindJobAsync("ftjob-1", default))!.Id);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task Id_that_would_lead_to_another_address_is_not_asked_for(string id)
    {
        var asked = 0;
        _answer = context =>
        {
            asked++;
            return context.Response.WriteAsync("{}");
        };
        Assert.Null(await _api.FindFileNameAsync(id, default));
        Assert.False(await _api.TryDownloadFileAsync(id, 10, _ => Task.CompletedTask, default));
        Assert.Null(await _api.FindDeploymentAsync(id, default));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Training_file_without_an_end_is_cut_at_what_is_asked_for()
    {
        _answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[1 << 16], context.RequestAborted);
            }
        };
        var copied = new MemoryStream();
        Assert.True(await _api.TryDownloadFileAsync("file-1", 1_000_001, content => content.CopyToAsync(copied), default));
        Assert.Equal(1_000_001, copied.Length);
    }

    [Fact]
    public async Task Deployment_is_looked_for_on_every_page_of_the_account_and_on_no_page_elsewhere()
    {
        var root = new Uri(_server.Urls.Single());
        List<string> asked = [];
        _answer = context =>
        {
            asked.Add($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}");
            var next = asked.Count == 1 ? $"{root}subscriptions/page2" : "https://elsewhere.example/page3";
            return context.Response.WriteAsync(
                $$"""{ "value": [null, { "name": "d", "properties": { "model": { "name": "ft:{{asked.Count}}" }, "provisioningState": "Succeeded" } }], "nextLink": "{{next}}" }"""
            );
        };
        var api = new FineTuningApi(
            Options.Create(
                new FineTuningOptions
                {
                    Endpoint = root,
                    ManagementEndpoint = root,
                    ResourceId = "/subscriptions/s",
                    ApiKey = "k",
                }
            ),
            _transport,
            () => new Identity(new Uri(root, "/.default").AbsoluteUri)
        );

        Assert.Equal("d", await api.FindDeploymentAsync("FT:2", default));
        Assert.Null(await api.FindDeploymentAsync("ft:9", default));
        Assert.Equal(["/subscriptions/s/deployments?api-version=2024-10-01 Bearer t", "/subscriptions/page2 Bearer t"], asked.Take(2));
    }

    private sealed class Identity(string scope) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal([scope], requestContext.Scopes);
            return new AccessToken("t", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
