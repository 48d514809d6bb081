using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Benchmarks;

/// <summary>How long a reference tool took for samples, and what it scored them.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Values">The numbers by name.</param>
internal sealed record ReferenceScore(double Seconds, IReadOnlyDictionary<string, double> Values);

/// <summary>A reference tool in a Python process of its own, which scores samples of a file on one thread.</summary>
internal sealed class ReferenceProcess : IDisposable
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("functionseval-reference-");
    private readonly Process _process;

    /// <summary>Starts the tool and waits until it has read the samples.</summary>
    /// <param name="python">The Python that runs it.</param>
    /// <param name="directory">Where its sources are.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="samples">The samples.</param>
    /// <exception cref="InvalidOperationException">The tool does not start.</exception>
    public ReferenceProcess(string python, string directory, ReferenceTool tool, IReadOnlyList<MetricSample> samples)
    {
        var (script, file) = (Path.Combine(_folder.FullName, "reference.py"), Path.Combine(_folder.FullName, "samples.jsonl"));
        using (var resource = typeof(ReferenceProcess).Assembly.GetManifestResourceStream("reference.py")!)
        using (var written = File.Create(script))
        {
            resource.CopyTo(written);
        }

        File.WriteAllLines(file, samples.Select(sample => JsonSerializer.Serialize(new[] { sample.Prediction, sample.References[0] })));
        var start = new ProcessStartInfo(python, ["-B", script, tool.Task, file, Path.GetFullPath(directory)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // Libraries of linear algebra take all cores otherwise.
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        _process = Process.Start(start)!;
        Read();
    }

    /// <summary>Scores samples, none of which it has scored before.</summary>
    /// <param name="first">The first one's index.</param>
    /// <param name="count">How many.</param>
    public ReferenceScore Score(int first, int count)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {first + count}"));
        return JsonSerializer.Deserialize<ReferenceScore>(Read(), JsonOptions)!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Read() =>
        _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException("The reference tool ended; what it says is above. Name a Python that has what it imports.");
}
