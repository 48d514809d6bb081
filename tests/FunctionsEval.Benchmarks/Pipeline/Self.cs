using System.Diagnostics;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>Commands of this program in processes of their own.</summary>
internal static class Self
{
    /// <summary>Starts a command whose standard input and output are redirected.</summary>
    public static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(Self).Assembly.GetName().Name + ".dll");
        return Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!,
                Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [program, .. arguments] : arguments
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
    }
}
