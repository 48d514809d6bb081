using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FunctionsEval.Tests.Channels;

/// <summary>The script of action.yml, run by node as a runner runs it: with variables, and nothing else.</summary>
internal sealed class ActionScript : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("action");

    public Dictionary<string, string> Variables { get; } = [];

    public string SummaryPath => Path.Combine(_directory.FullName, "summary.md");

    public string OutputPath => Path.Combine(_directory.FullName, "output.txt");

    /// <summary>Whether the runner cancels the job, asked with what is printed so far; null for never.</summary>
    public Func<string, bool>? IsToBeCancelled { get; set; }

    /// <summary>A file, of which the path is returned.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string this[string input]
    {
        set => Variables["INPUT_" + input.ToUpperInvariant().Replace('-', '_')] = value;
    }

    public async Task<(int ExitCode, string Log)> RunAsync()
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf(".github", "action", "main.mjs")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory.FullName,
        };
        start.Environment.Clear();
        foreach (var name in new[] { "PATH", "HOME", "SystemRoot" })
        {
            start.Environment[name] = Environment.GetEnvironmentVariable(name) ?? "";
        }

        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        var (output, errors) = (ReadAsync(node), node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (node.ExitCode, await output + await errors);
    }

    private async Task<string> ReadAsync(Process node)
    {
        var log = new StringBuilder();
        var isCancelled = false;
        while (await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            log.Append(line).Append('\n');
            if (!isCancelled && IsToBeCancelled?.Invoke(log.ToString()) == true)
            {
                isCancelled = true;
                using var kill = Process.Start("kill", ["-s", "INT", node.Id.ToString(CultureInfo.InvariantCulture)]);
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }

        return log.ToString();
    }

    /// <summary>The outputs of the step.</summary>
    public Dictionary<string, string> Outputs()
    {
        var outputs = new Dictionary<string, string>();
        if (!File.Exists(OutputPath))
        {
            return outputs;
        }

        var lines = File.ReadAllLines(OutputPath);
        for (var index = 0; index < lines.Length; index += 3)
        {
            var (name, end) = (lines[index].Split("<<")[0], lines[index].Split("<<")[1]);
            Assert.Equal(end, lines[index + 2]);
            outputs[name] = lines[index + 1];
        }

        return outputs;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
