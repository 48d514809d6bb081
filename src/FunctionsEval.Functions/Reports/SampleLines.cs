using System.Runtime.CompilerServices;
using System.Text.Json;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports;

/// <summary>A line of <c>samples.jsonl</c>, and the sample in it.</summary>
internal readonly record struct SampleLine(string Text, SampleResult Sample);

/// <summary>Reads <c>samples.jsonl</c>.</summary>
internal static class SampleLines
{
    /// <summary>The lines from where the stream stands, in dataset order, read one at a time. Closes the stream.</summary>
    /// <exception cref="JsonException">The stream did not stand at the beginning of a line.</exception>
    public static async IAsyncEnumerable<SampleLine> ReadAsync(Stream samples, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(samples);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return new SampleLine(line, JsonSerializer.Deserialize<SampleResult>(line, ResultJson.Options)!);
        }
    }
}
