using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The tags of a sample, and what else its slices are made of: whether it is in the training file, which answer and which turn it is.
/// A tag of the row comes before one of these names.
/// </summary>
internal static class SampleTags
{
    private const string Leaked = "leaked";
    private const string Repeat = "repeat";
    private const string Turn = "turn";

    /// <summary>All of them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(SampleResult sample) =>
        (sample.Tags ?? new Dictionary<string, string>()).Concat(
            new[] { Leaked, Repeat, Turn }
                .Where(name => sample.Tags?.ContainsKey(name) != true)
                .Select(name => KeyValuePair.Create(name, FindOwn(sample, name)!))
                .Where(tag => tag.Value is not null)
        );

    /// <summary>The value of one; null where the sample has none of the name.</summary>
    public static string? Find(SampleResult sample, string name) => sample.Tags?.GetValueOrDefault(name) ?? FindOwn(sample, name);

    private static string? FindOwn(SampleResult sample, string name) =>
        name switch
        {
            Leaked when sample.Leak is { } leak => leak == Leak.None ? "no" : "yes",
            Repeat => sample.Repeat?.ToString(CultureInfo.InvariantCulture),
            Turn => sample.Turn?.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
}
