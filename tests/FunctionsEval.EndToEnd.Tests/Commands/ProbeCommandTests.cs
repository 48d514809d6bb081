using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The command <c>probe</c> as a person runs it, and the route behind it.</summary>
public sealed class ProbeCommandTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly string Samples = RepositoryLayout.SamplesDirectory;

    [Fact]
    public async Task Sample_classifier_is_usable_and_cannot_score_given_texts()
    {
        var (code, probe, _) = await ProbeHereAsync("tickets-tuned", "--spec", Path.Combine(Samples, "support-tickets"));

        Assert.Equal(0, code);
        Assert.True(probe!.IsUsable);
        Assert.True(probe.Spec!.CanServe);
        Assert.Equal("tickets-tuned", probe.AnsweringModel);
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.LabelProbabilities));
        Assert.Equal(ProbeState.Missing, StateOf(probe, ProbeFeature.Tools));
        Assert.Contains("language_modelling", probe.RuledOut.SelectMany(ruled => ruled.Tasks));
    }

    [Fact]
    public async Task Sample_language_model_scores_given_texts_and_serves_no_suite_of_calls()
    {
        var (code, probe, _) = await ProbeHereAsync("lm-trigram", "--spec", Path.Combine(Samples, "tool-calls", "evaluation.json"));

        Assert.Equal(1, code);
        Assert.True(probe!.IsUsable);
        Assert.False(probe.Spec!.CanServe);
        Assert.StartsWith("tools: Models__lm-trigram__Api: ", probe.Spec.Problems[0], StringComparison.Ordinal);
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.ScoredText));
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.ScoredChoices));
        Assert.Equal(["tool_calls"], probe.RuledOut.SelectMany(ruled => ruled.Tasks));
    }

    [Fact]
    public async Task Key_that_is_refused_and_server_that_is_not_there_end_with_1_and_the_setting_to_change()
    {
        var (refused, probe, _) = await ProbeHereAsync("tickets-tuned", "--set", "Models__tickets-tuned__ApiKey=wrong");
        Assert.Equal((1, false), (refused, probe!.IsUsable));
        Assert.StartsWith("Models__tickets-tuned__ApiKey: the endpoint refused the key", probe.Problem, StringComparison.Ordinal);

        var (away, absent, _) = await ProbeHereAsync("tickets-tuned", "--set", "Models__tickets-tuned__Endpoint=http://127.0.0.1:9/v1");
        Assert.Equal((1, false), (away, absent!.IsUsable));
        Assert.StartsWith("Models__tickets-tuned__Endpoint: no connection to 127.0.0.1:9", absent.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_app_is_asked_and_shows_a_table_with_what_it_took()
    {
        shared.App.Endpoint.AnswerOf["probed"] = _ => (200, "even");
        using var directory = new TemporaryDirectory();

        var (code, output, errors) = await RunAsync(directory.Path, "probe", "tuned/probed", "--url", shared.App.Host.AppUrl.ToString());

        Assert.True(code == 0, output + errors);
        Assert.Contains("tuned/probed: probed, ", output, StringComparison.Ordinal);
        Assert.Contains("At most ", output, StringComparison.Ordinal);
        Assert.Contains("label_probabilities", output, StringComparison.Ordinal);
        Assert.Contains("without scored_text: ruled out are tasks language_modelling", output, StringComparison.Ordinal);
        Assert.Contains("usable: tuned/probed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_that_refuses_everything_ends_with_1_and_unknown_model_with_3()
    {
        shared.App.Endpoint.AnswerOf["locked"] = _ => (403, "Forbidden");
        using var directory = new TemporaryDirectory();
        var url = shared.App.Host.AppUrl.ToString();

        var (code, output, _) = await RunAsync(directory.Path, "probe", "tuned/locked", "--url", url);
        Assert.Equal(1, code);
        Assert.Contains("not usable: Models__", output, StringComparison.Ordinal);
        Assert.Contains("the endpoint denied access", output, StringComparison.Ordinal);

        var (unknown, _, errors) = await RunAsync(directory.Path, "probe", "no-such-model", "--url", url);
        Assert.Equal(3, unknown);
        Assert.Contains("Model 'no-such-model' is not configured. Configured models: ", errors, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync(directory.Path, "probe")).ExitCode);
    }

    [Fact]
    public async Task App_that_is_started_for_a_probe_does_nothing_by_itself()
    {
        var metadata = await File.ReadAllTextAsync(
            Path.Combine(RepositoryLayout.FunctionAppDirectory, "functions.metadata"),
            TestContext.Current.CancellationToken
        );
        var selfStarting =
            from function in JsonNode.Parse(metadata)!.AsArray()
            where
                function!["bindings"]!
                    .AsArray()
                    .Any(binding => (string?)binding!["type"] is "timerTrigger" or "blobTrigger" or "queueTrigger")
            select (string)function["name"]!;

        Assert.Equal(selfStarting.Order(StringComparer.Ordinal), ProbeCommand.SelfStarting.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Route_refuses_bodies_specs_and_models_that_it_cannot_use()
    {
        using var http = shared.App.Http;

        Assert.Equal((400, "invalid_body"), await PostAsync(http, """{"modle":"recorded"}"""));
        Assert.Equal((400, "invalid_body"), await PostAsync(http, "{}"));
        Assert.Equal(
            (400, "invalid_spec"),
            await PostAsync(http, """{"model":"recorded","spec":{"task":"no_such_task","model":"recorded"}}""")
        );
        Assert.Equal(
            (400, "invalid_spec"),
            await PostAsync(http, """{"model":"recorded","spec":{"task":"generation","model":"recorded","metrics":["brier"]}}""")
        );
        Assert.Equal((404, "unknown_model"), await PostAsync(http, """{"model":"no-such-model"}"""));
        Assert.Equal((404, "unknown_model"), await PostAsync(http, """{"model":"tuned/*"}"""));
        using var unplanned = await http.GetAsync("/api/models/probe");
        Assert.Equal(HttpStatusCode.BadRequest, unplanned.StatusCode);
    }

    private static async Task<(int Status, string? Code)> PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/api/models/probe", content);
        return ((int)response.StatusCode, (string?)(await response.Content.ReadFromJsonAsync<JsonObject>())!["code"]);
    }

    /// <summary>Probes a sample model where no app runs, so that the command starts one.</summary>
    private static async Task<(int ExitCode, ModelProbe? Probe, string Errors)> ProbeHereAsync(params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        var (code, output, errors) = await RunAsync(directory.Path, ["probe", .. arguments, "--json"]);
        Assert.True(code is 0 or 1, output + errors);
        return (code, JsonSerializer.Deserialize<ModelProbe>(output, ResultJson.Options), errors);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(LocalFunctionsHost).Assembly.Location, .. arguments])
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private static ProbeState StateOf(ModelProbe probe, ProbeFeature feature) =>
        probe.Findings.Single(finding => finding.Feature == feature).State;
}
