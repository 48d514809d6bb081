using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// Times <c>score</c> as a user runs it: the built command of this checkout, and of another one, on the same file of answers.
/// </summary>
/// <param name="rows">Rows of the file.</param>
/// <param name="before">A built checkout to compare with; null for none.</param>
internal sealed class ScoreCommand(int rows, string? before)
{
    private const int DifferentSamples = 200_000;
    private const string Program = "src/FunctionsEval.LocalHost/bin/Release/net10.0/FunctionsEval.LocalHost.dll";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the files, runs both sides in turn and prints Markdown; 1 where the outputs differ.</summary>
    /// <param name="kind">The answers to score: labels, texts or all.</param>
    public int Run(string kind)
    {
        Console.WriteLine("| answers | rows | side | threads | seconds | CPU seconds | peak memory | output |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        string[] kinds = kind == "all" ? ["labels", "texts"] : [kind];
        return kinds.All(Compare) ? 0 : 1;
    }

    private bool Compare(string kind)
    {
        var directory = Directory.CreateTempSubdirectory("score-");
        try
        {
            var file = Path.Combine(directory.FullName, "answers.jsonl");
            Write(file, kind == "labels" ? "classification" : "bleu");
            string[] how = ["--task", "classification"];
            if (kind == "texts")
            {
                var spec = Path.Combine(directory.FullName, "evaluation.json");
                File.WriteAllText(spec, """{"task":"generation","model":"offline","metrics":["bleu","rouge"]}""");
                how = ["--spec", spec];
            }

            var threads = Environment.ProcessorCount;
            var first = before is null ? null : Measure(before, kind, file, how, threads);
            var here = Measure(Checkout(), kind, file, how, threads);
            var alone = Measure(Checkout(), kind, file, how, threads: 1);
            if (first is not null)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{kind}: {first.Seconds / here.Seconds:0.0} times as fast, {first.CpuSeconds / here.CpuSeconds:0.0} times less CPU"
                    )
                );
            }

            return here.Output == alone.Output && (first is null || first.Output == here.Output);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private void Write(string path, string workload)
    {
        var samples = Workload.All.Single(known => known.Name == workload).CreateSamples(Math.Min(rows, DifferentSamples));
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16);
        for (var row = 0; row < rows; row++)
        {
            var sample = samples[row % samples.Length];
            var line = new
            {
                id = row.ToString("D7", CultureInfo.InvariantCulture),
                prediction = sample.Prediction,
                reference = sample.References[0],
            };
            file.WriteLine(JsonSerializer.Serialize(line, Json));
        }
    }

    private Result Measure(string checkout, string kind, string file, string[] how, int threads)
    {
        string[] arguments = [Path.Combine(checkout, Program), "score", file, .. how, "--json", "--threads", $"{threads}"];
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => output.Append(line.Data).Append('\n');
        process.BeginOutputReadLine();
        var (cpu, peak) = (0.0, 0L);
        while (!process.WaitForExit(20))
        {
            try
            {
                process.Refresh();
                (cpu, peak) = (process.TotalProcessorTime.TotalSeconds, Math.Max(peak, process.PeakWorkingSet64));
            }
            catch (InvalidOperationException)
            {
                // It ended in between; what was seen last counts.
            }
        }

        process.WaitForExit();
        var result = new Result(clock.Elapsed.TotalSeconds, cpu, output.ToString());
        var hash = Convert.ToHexString(System.IO.Hashing.XxHash64.Hash(Encoding.UTF8.GetBytes(result.Output)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {rows:N0} | {(checkout == before ? "before" : "this")} | {threads} | {result.Seconds:0.0} | {cpu:0.0} | {peak >> 20} MB | {hash} |"
            )
        );
        return process.ExitCode == 0 ? result : throw new InvalidOperationException($"score ended with {process.ExitCode}.");
    }

    /// <summary>The checkout that this program was built in.</summary>
    private static string Checkout()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "FunctionsEval.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The benchmarks are run from a checkout.");
        }

        return directory.FullName;
    }

    private sealed record Result(double Seconds, double CpuSeconds, string Output);
}
