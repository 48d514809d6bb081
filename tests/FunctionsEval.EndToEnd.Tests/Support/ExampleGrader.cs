using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.Tests;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>The example of docs/graders.md as a process of its own: a grader that computes its scores.</summary>
internal sealed partial class ExampleGrader : IAsyncDisposable
{
    public const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private readonly TemporaryDirectory _directory;
    private readonly Process _process;

    private ExampleGrader(TemporaryDirectory directory, Process process, int port)
    {
        _directory = directory;
        _process = process;
        Port = port;
    }

    /// <summary>The port on which it listens.</summary>
    public int Port { get; }

    /// <summary>The app settings of the grader <c>units</c>.</summary>
    public (string Name, string Value)[] Settings =>
        [
            ("Graders__Http__units__Url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/")),
            ("Graders__Http__units__Secret", Secret),
        ];

    /// <param name="port">The port; 0 for any that is free.</param>
    public static async Task<ExampleGrader> StartAsync(int port = 0)
    {
        var directory = new TemporaryDirectory();
        var file = directory.Combine("units.mjs");
        await File.WriteAllTextAsync(
            file,
            Example().Match(Repository.Read("docs", "graders.md").ReplaceLineEndings("\n")).Groups["code"].Value
        );
        var start = new ProcessStartInfo("node", [file]) { RedirectStandardOutput = true };
        start.Environment["GRADER_SECRET"] = Secret;
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new ExampleGrader(directory, process, int.Parse(line!.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    [GeneratedRegex(@"<!-- example: units\.mjs -->\n```js\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
