using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>up</c>: starts everything and leaves it running until Ctrl-C.</summary>
internal static class UpCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("up", "Start the app with its storage on this machine, until Ctrl-C.");
        var options = new LocalStackOptions();
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        LocalStackOptions options,
        ParseResult parsed,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var starting = Stopwatch.StartNew();
        await using var stack = await LocalStack.StartAsync(
            options.CreateHostOptions(parsed, console),
            parsed.GetRequiredValue(options.Instance),
            !parsed.GetValue(options.NoSamples),
            cancellationToken
        );
        Describe(stack, console, starting.Elapsed);
        try
        {
            await stack.Host.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.WriteLine("Stopping …");
        }
        return ExitCodes.Pass;
    }

    private static void Describe(LocalStack stack, IAnsiConsole console, TimeSpan startTime)
    {
        var host = stack.Host;
        console.MarkupLineInterpolated($"[green]Ready[/] after {startTime.TotalSeconds:0.0} s. Function keys are not checked here.");
        console.MarkupLineInterpolated($"  app      {host.AppUrl} (the dashboard is there)");
        console.MarkupLineInterpolated($"  storage  {BlobEndpoint(host.StorageConnectionString)}");
        if (stack.SampleModelsUrl is { } models)
        {
            console.MarkupLineInterpolated($"  models   {models}");
        }

        console.MarkupLineInterpolated($"  log      {host.LogFilePath}");
        foreach (var function in host.Functions.Where(function => function.Url is not null))
        {
            var methods = function.Methods.Count == 0 ? "ANY" : string.Join(',', function.Methods).ToUpperInvariant();
            console.MarkupLineInterpolated($"  {methods, -8} {Uri.UnescapeDataString(function.Url!.AbsoluteUri)}");
        }
        console.WriteLine("Ctrl-C stops everything.");
    }

    private static string BlobEndpoint(string connectionString) =>
        connectionString.Split(';').FirstOrDefault(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal)) is { } part
            ? part["BlobEndpoint=".Length..]
            : "the given account";
}
