using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The commands as a pipeline runs them: a process each, with its exit code.</summary>
public sealed class ResultCommandsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Dataset = "commands/test.jsonl";

    [Fact]
    public async Task Watch_and_show_end_with_the_code_of_the_verdict()
    {
        var (good, bad) = await TwoRunsAsync();

        Assert.Equal(0, (await RunAsync("watch", good)).ExitCode);
        Assert.Equal(1, (await RunAsync("watch", bad)).ExitCode);
        var (code, shown) = await RunAsync("show", good, "--json");
        Assert.Equal((0, "pass"), (code, (string?)JsonNode.Parse(shown)!["summary"]!["verdict"]!["result"]));
        Assert.Equal(3, (await RunAsync("show", "ev-nothing")).ExitCode);
    }

    [Fact]
    public async Task Compare_says_what_is_worse_by_how_much_and_where_and_ends_with_1()
    {
        var (good, bad) = await TwoRunsAsync();

        var (regressed, text) = await RunAsync("compare", good, bad);
        Assert.Equal(1, regressed);
        Assert.StartsWith("✗ WORSE recorded → recorded-base", text, StringComparison.Ordinal);
        Assert.Contains("▼ Accuracy 80 % → 60 %, −20 points", text, StringComparison.Ordinal);
        Assert.Contains("p < 0.001: worse", text, StringComparison.Ordinal);
        Assert.Contains("60 samples paired, 0 changed, 0 added, 0 removed", text, StringComparison.Ordinal);
        Assert.Contains("12 lost (right before only), 0 gained (right now only)", text, StringComparison.Ordinal);
        Assert.Matches(@"\n  lost +n1 .* odd +even\n", text.ReplaceLineEndings("\n"));
        Assert.InRange(text.Split('\n').Length, 10, 31);
        Assert.Equal(
            12,
            (await RunAsync("samples", bad, "--against", good)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
        );
        Assert.Equal(0, (await RunAsync("compare", bad, good)).ExitCode);
    }

    [Fact]
    public async Task Run_without_a_scored_sample_is_neither_passed_nor_compared()
    {
        var (good, _) = await TwoRunsAsync();

        // A model that refuses everything got nothing worse, and is no better for it.
        shared.App.Endpoint.AnswerOf["refusing"] = _ => (400, "unsupported_value");
        var refused = await StartAsync("tuned/refusing", minimum: 0.7);
        Assert.Equal(3, (await RunAsync("watch", refused)).ExitCode);
        Assert.Equal(3, (await RunAsync("compare", good, refused)).ExitCode);
    }

    [Fact]
    public async Task List_finds_runs_by_dataset_and_verdict()
    {
        var (_, bad) = await TwoRunsAsync();

        var (_, list) = await RunAsync("list", "--dataset", Dataset, "--verdict", "fail", "--json");
        Assert.Equal([bad], JsonNode.Parse(list)!["runs"]!.AsArray().Select(run => (string?)run!["runId"]));
    }

    [Fact]
    public async Task Samples_are_found_by_outcome_label_and_flip()
    {
        var (good, bad) = await TwoRunsAsync();

        var (_, samples) = await RunAsync("samples", good, "--outcome", "unparsable", "--size", "4");
        Assert.Equal(
            ["n8", "n18", "n28", "n38"],
            samples.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string?)JsonNode.Parse(line)!["id"])
        );

        Assert.Equal(
            30,
            (await RunAsync("samples", bad, "--label", "odd", "--size", "99"))
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
        Assert.Equal("", (await RunAsync("samples", bad, "--flip", "lost")).Output.Trim()); // There is no baseline.
    }

    [Fact]
    public async Task Open_says_the_address_of_the_run_and_ends_with_3_where_there_is_none()
    {
        var (_, bad) = await TwoRunsAsync();

        Assert.EndsWith($"/#/runs/{bad}", (await RunAsync("open", bad)).Output.Trim(), StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("open", "ev-nothing")).ExitCode);
    }

    [Fact]
    public async Task Junit_export_has_a_test_for_each_rule_of_the_gate()
    {
        var (_, bad) = await TwoRunsAsync();

        var (_, junit) = await RunAsync("export", bad, "--format", "junit");
        var suite = XDocument.Parse(junit).Root!.Element("testsuite")!;
        Assert.Equal(("1", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Contains(
            "Accuracy 60 % is below 70 %",
            suite.Descendants("failure").Single().Attribute("message")!.Value,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Exports_for_other_tools_hold_the_numbers_of_the_run()
    {
        var (_, bad) = await TwoRunsAsync();

        var (_, csv) = await RunAsync("export", bad, "--format", "csv");
        Assert.StartsWith("role,name,slice,value", csv, StringComparison.Ordinal);
        Assert.Contains("candidate,accuracy,all,0.6,", csv, StringComparison.Ordinal);
        var harness = JsonNode.Parse((await RunAsync("export", bad, "--format", "lm-eval")).Output)!["results"]!["commands"]!;
        Assert.Equal(0.6, (double)harness["accuracy,none"]!, 12);
        // √(0.6 · 0.4 ÷ 60) is 0.063; Wilson's interval is a little narrower.
        Assert.InRange((double)harness["accuracy_stderr,none"]!, 0.055, 0.065);
        var counts = JsonNode.Parse((await RunAsync("export", bad, "--format", "openai-evals")).Output)!["result_counts"]!;
        Assert.Equal((60, 36, 24, 0), ((int)counts["total"]!, (int)counts["passed"]!, (int)counts["failed"]!, (int)counts["errored"]!));
        var promptfoo = JsonNode.Parse((await RunAsync("export", bad, "--format", "promptfoo")).Output)!["results"]!;
        Assert.Equal((36, 60), ((int)promptfoo["stats"]!["successes"]!, promptfoo["results"]!.AsArray().Count));
        Assert.StartsWith("<!doctype html>", (await RunAsync("export", bad, "--format", "html")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_that_does_not_answer_is_an_error_that_names_the_setting()
    {
        var (code, output) = await RunProcessAsync("list", "--url", "http://127.0.0.1:9");
        Assert.Equal(3, code);
        Assert.Contains("--url", output, StringComparison.Ordinal);
    }

    /// <summary>48 and 36 of 60 are right; both runs have ended.</summary>
    private Task<(string Good, string Bad)> TwoRunsAsync() =>
        shared.TwoRunsOnceAsync(
            Dataset,
            async () =>
            {
                shared.App.Endpoint.AnswerOf["recorded-base"] = prompt =>
                    (200, prompt.EndsWith('1') || prompt.EndsWith('3') ? "even" : Support.Parity.Answer(prompt).Text);
                await shared.App.DropAsync(Dataset, null, Support.Parity.Rows("commands", 60));
                var good = await StartAsync("recorded", minimum: 0.7);
                var bad = await StartAsync("recorded-base", minimum: 0.7);
                await shared.App.EndedAsync(Dataset, row => row.PartitionKey == good);
                await shared.App.EndedAsync(Dataset, row => row.PartitionKey == bad);
                return (good, bad);
            }
        );

    private async Task<string> StartAsync(string model, double minimum)
    {
        var spec = new
        {
            task = "classification",
            model,
            labels = new[] { "even", "odd" },
            metrics = new[] { "accuracy" },
            gate = new { rules = new[] { new { metric = "accuracy", minimum } } },
        };
        using var http = shared.App.Http;
        using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset = Dataset, spec });
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
    }

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        RunProcessAsync([.. arguments, "--url", shared.App.Host.AppUrl.ToString()]);

    private static async Task<(int ExitCode, string Output)> RunProcessAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(LocalFunctionsHost).Assembly.Location, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 3 ? await output + await errors : await output);
    }
}
