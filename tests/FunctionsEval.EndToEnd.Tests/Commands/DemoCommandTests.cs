using System.Diagnostics;
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
        Assert.Equal(3, output.Split("Verdict:").Length - 1);
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
        await File.WriteAllTextAsync(directory.Combine("answers.jsonl"), """
            {"prediction":"a","reference":"a"}
            {"prediction":"a"}
            """);

        var (exitCode, output) = await RunAsync("score", directory.Combine("answers.jsonl"));

        Assert.Equal(3, exitCode);
        Assert.Contains("answers.jsonl, line 2: has no reference", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "FunctionsEval.LocalHost.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await errors);
    }
}
