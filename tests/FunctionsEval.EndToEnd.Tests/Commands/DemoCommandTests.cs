using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The README's first command, as a person runs it.</summary>
public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_evaluates_every_suite_and_ends_with_0()
    {
        using var directory = new TemporaryDirectory();

        var (exitCode, output) = await RunAsync("demo", "--data", directory.Path);

        Assert.True(exitCode == 0, output);
        Assert.Equal(5, output.Split("/#/runs/ev-").Length - 1);
        Assert.Contains("Accuracy", output, StringComparison.Ordinal);
        Assert.Contains("tickets-tuned", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_without_a_running_instance_says_what_to_start()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("test.jsonl"), "{}");

        var (exitCode, output) = await RunAsync("run", directory.Combine("test.jsonl"), "--instance", directory.Combine("none.json"));

        Assert.Equal(3, exitCode);
        Assert.Contains("Start 'up' first", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_of_a_line_without_a_reference_names_file_line_and_fields()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(
            directory.Combine("answers.jsonl"),
            """
            {"prediction":"a","reference":"a"}
            {"prediction":"a"}
            """
        );

        var (exitCode, output) = await RunAsync("score", directory.Combine("answers.jsonl"));

        Assert.Equal(3, exitCode);
        Assert.Contains("answers.jsonl, line 2: has no reference", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prediction":"a","reference":"a"}""", 0)]
    [InlineData("""{"id":"1","references":["a"],"candidate":{"outcome":"exhausted"}}""", 3)]
    public async Task Score_ends_with_0_when_a_sample_counts_and_with_3_when_none_does(string line, int expected)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("answers.jsonl"), line);

        var (exitCode, output) = await RunAsync("score", directory.Combine("answers.jsonl"));

        Assert.True(exitCode == expected, output);
        Assert.Contains("\"outcomes\"", output, StringComparison.Ordinal);
    }

    /// <summary>Oracle: a run of these rows fails with malformed_rows, has no verdict, and counts the other row.</summary>
    [Fact]
    public async Task Score_of_more_malformed_rows_than_the_spec_allows_names_the_first_and_has_no_verdict()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllLinesAsync(directory.Combine("answers.jsonl"), ["""{"text":"b","label":"b"}""", """{"text":"a","label":"A"}"""]);
        await File.WriteAllTextAsync(
            directory.Combine("evaluation.json"),
            """{ "task": "classification", "model": "m", "labels": ["a", "b"], "metrics": ["accuracy"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.1 } ] } }"""
        );

        var (exitCode, output) = await RunAsync(
            "score",
            directory.Combine("answers.jsonl"),
            "--spec",
            directory.Combine("evaluation.json")
        );

        Assert.Equal(3, exitCode);
        Assert.Contains("\"malformed_sample\": 1", output, StringComparison.Ordinal);
        Assert.Contains("\"code\": \"malformed_rows\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"verdict\"", output, StringComparison.Ordinal);
        Assert.Contains("1 of 2 rows are no samples", output, StringComparison.Ordinal);
        Assert.Contains("line 2: unknown_label: The reference in label is not among the spec's labels.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_without_a_spec_takes_the_labels_that_samples_have_and_no_more_than_a_classification_has()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllLinesAsync(
            directory.Combine("few.jsonl"),
            [
                """{"prediction":true,"label":true}""",
                """{"prediction":false,"label":true}""",
                """{"references":[],"candidate":{"outcome":"rejected"}}""",
            ]
        );
        await File.WriteAllLinesAsync(
            directory.Combine("many.jsonl"),
            Enumerable.Range(0, 2001).Select(number => $$"""{"prediction":"a","label":"{{number}}"}""")
        );

        var (exitCode, output) = await RunAsync("score", directory.Combine("few.jsonl"), "--task", "classification");
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            0.5,
            (double)JsonNode.Parse(output)!["metrics"]!.AsArray().First(line => (string?)line!["name"] == "accuracy")!["value"]!
        );

        var (refused, message) = await RunAsync("score", directory.Combine("many.jsonl"), "--task", "classification");
        Assert.Equal(3, refused);
        Assert.Contains("more than 2000 different references", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.4, 0)]
    [InlineData(0.6, 1)]
    public async Task Score_with_a_gate_ends_by_its_verdict(double minimum, int expected)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllLinesAsync(
            directory.Combine("answers.jsonl"),
            ["""{"prediction":"a","reference":"a"}""", """{"prediction":"b","reference":"a"}"""]
        );
        await File.WriteAllTextAsync(
            directory.Combine("evaluation.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{ "task": "generation", "model": "m", "metrics": ["exact_match"], "gate": { "rules": [ { "metric": "exact_match", "minimum": {{minimum}} } ] } }"""
            )
        );

        var (exitCode, output) = await RunAsync(
            "score",
            directory.Combine("answers.jsonl"),
            "--spec",
            directory.Combine("evaluation.json")
        );

        Assert.True(exitCode == expected, output);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("no-such-command")]
    [InlineData("score", "none.jsonl")]
    [InlineData("export", "ev-1", "--format", "none")]
    public async Task Command_line_that_cannot_be_read_is_no_failed_verdict(params string[] arguments) =>
        Assert.Equal(3, (await RunAsync(arguments)).ExitCode);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "FunctionsEval.LocalHost.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await errors);
    }
}
