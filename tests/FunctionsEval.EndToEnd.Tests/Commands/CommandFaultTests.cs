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
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/api/evaluations/compare", () => Results.Text(Comparison, "application/json"));
        app.MapGet("/api/evaluations/{run}/samples", () => Results.Problem("Run ev-left has no samples.", statusCode: 409));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var output = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = 400;

        var code = await CompareCommand
            .Create(console)
            .Parse(["ev-left", "ev-right", "--url", app.Urls.Single()])
            .InvokeAsync(new() { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Fail, code);
        Assert.Contains("not listed: Run ev-left has no samples.", output.ToString(), StringComparison.Ordinal);
    }
}
