using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Machine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What commands end with when the app does not give what they ask for.</summary>
public sealed class CommandFaultTests
{
    private const string Comparison = """
        {
          "left": { "runId": "ev-left", "counted": 9 }, "right": { "runId": "ev-right", "counted": 9 }, "paired": true, "decision": "worse",
          "pairing": { "paired": 9, "changed": 0, "added": 0, "removed": 0 }, "flips": { "gained": 0, "lost": 9 },
          "metrics": [{ "name": "accuracy", "slice": "all", "kind": "headline", "reading": "worse", "left": 1, "right": 0, "difference": -1, "pValue": 0.004, "higherIsBetter": true }]
        }
        """;

    [Fact]
    public async Task App_that_is_silent_is_an_error_and_no_interruption_whatever_is_asked()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var api = new EvaluationApi(new Uri($"http://{silent.LocalEndpoint}"), timeout: TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAsync<LocalHostException>(() => api.GetRunAsync("ev-1", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<LocalHostException>(() => api.FindSummaryAsync("ev-1", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<LocalHostException>(() => api.StartAsync("suite/test.jsonl", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(302, "redirects to another address (302)")]
    [InlineData(401, "refused the key (401). Check that --key")]
    [InlineData(200, "something else than this app's JSON")]
    [InlineData(404, "Check that --url is this app")]
    [InlineData(502, "Check that --url is this app")]
    public async Task Answer_of_something_else_than_the_app_says_what_to_check_and_the_key_goes_nowhere_else(int status, string said)
    {
        var keys = new ConcurrentQueue<string>();
        await using var elsewhere = await StartAsync(http =>
        {
            keys.Enqueue(http.Request.Headers["x-functions-key"].ToString());
            return Task.CompletedTask;
        });
        await using var app = await StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = status == 302 ? elsewhere.Urls.Single() : default;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<html></html>");
        });
        using var api = new EvaluationApi(new Uri(app.Urls.Single()), "key");
        var ended = TestContext.Current.CancellationToken;
        List<Func<Task>> calls = [() => api.PlanProbeAsync("m", ended), () => api.StartAsync("suite/test.jsonl", ended)];
        if (status != 404)
        {
            calls.Add(() => api.FindSummaryAsync("ev-1", ended));
        }

        foreach (var call in calls)
        {
            Assert.Contains(said, (await Assert.ThrowsAsync<LocalHostException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Empty(keys);
    }

    [Theory]
    [InlineData("https://my-app.example/?code=SECRET")]
    [InlineData("https://user:SECRET@my-app.example/")]
    [InlineData("https://my-app.example/#SECRET")]
    [InlineData("ftp://my-app.example/")]
    [InlineData("my-app.example")]
    public void Address_that_is_more_or_less_than_the_apps_is_refused_and_not_shown(string url)
    {
        var error = Assert.Single(ProbeCommand.Create(AnsiConsole.Console).Parse(["m", "--url", url]).Errors);

        Assert.StartsWith("--url must be ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_is_not_sent_by_http_to_another_machine() =>
        Assert.Contains(
            "write https",
            (
                await Assert.ThrowsAsync<LocalHostException>(() =>
                    ProbeCommand
                        .Create(AnsiConsole.Console)
                        .Parse(["m", "--url", "http://my-app.invalid", "--key", "k"])
                        .InvokeAsync(new() { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken)
                )
            ).Message,
            StringComparison.Ordinal
        );

    /// <summary>There is no storage at that address: the name is refused before anything is asked of it.</summary>
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../runs")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("a%2f..")]
    public async Task Suite_that_leads_out_of_the_container_is_refused_with_the_option_to_change(string suite)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Combine("test.jsonl");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        var uploader = new SuiteUploader("AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a", _ => { });

        var refused = await Assert.ThrowsAsync<LocalHostException>(() =>
            uploader.DropAsync(file, suite, TestContext.Current.CancellationToken)
        );

        Assert.StartsWith($"datasets/{suite}/test.jsonl cannot be stored: its name ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--suite", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comparison_is_decided_whether_or_not_its_flips_can_be_listed()
    {
        await using var app = Build();
        app.MapGet("/api/evaluations/compare", () => Results.Text(Comparison, "application/json"));
        app.MapGet("/api/evaluations/{run}/samples", () => Results.Problem("Run ev-left has no samples.", statusCode: 409));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var printed = new PrintedText(400);

        var code = await CompareCommand
            .Create(printed.Console)
            .Parse(["ev-left", "ev-right", "--url", app.Urls.Single()])
            .InvokeAsync(new() { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Fail, code);
        Assert.Contains("not listed: Run ev-left has no samples.", printed.Text, StringComparison.Ordinal);
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var app = Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
