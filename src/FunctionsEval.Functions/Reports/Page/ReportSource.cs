using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The content of the page: the summary, and data that is too large or too variable for it.</summary>
/// <param name="Overview">The run's answer in a few words and numbers.</param>
/// <param name="Summary">The run's summary.</param>
/// <param name="Samples">The samples that the page shows.</param>
/// <param name="Latencies">Latency and length of each model's answers.</param>
internal sealed record ReportSource(
    RunOverview Overview,
    RunSummary Summary,
    SampleHighlights Samples,
    IReadOnlyList<AnswerLatency> Latencies
)
{
    /// <summary>UTF-16 units of a name.</summary>
    private const int MaxNameLength = 60;

    /// <summary>The currency of the models' prices.</summary>
    public string Currency { get; init; } = RunOverview.DefaultCurrency;

    /// <summary>Whether a baseline is compared.</summary>
    public bool HasBaseline => Summary.Models.ContainsKey(Roles.Baseline);

    /// <summary>The candidate's name.</summary>
    public string Candidate => NameOf(Roles.Candidate);

    /// <summary>The baseline's name.</summary>
    public string Baseline => NameOf(Roles.Baseline);

    /// <summary>The candidate's numbers over the whole dataset, in the summary's order.</summary>
    public IEnumerable<MetricValue> CandidateLines => LinesOf(Roles.Candidate);

    /// <summary>The candidate's numbers over the whole dataset but for those of single classes.</summary>
    public IEnumerable<MetricValue> Averages => CandidateLines.Where(line => !IsOfClass(line));

    /// <summary>Whether a number is of one class.</summary>
    public static bool IsOfClass(MetricValue line) => line.Name.EndsWith(']');

    /// <summary>A role's model, as far as a line of the page has room for it; of several candidates how many they are.</summary>
    public string NameOf(string role) =>
        role == Roles.Candidate && Summary.Candidates is { Candidates.Count: var count }
            ? $"{NumberText.Count(count)} candidates"
            : Shorten(Summary.Models.GetValueOrDefault(role, role));

    /// <summary>The beginning of a name; the section on reproduction has all of it.</summary>
    public static string Shorten(string name) => FoldedText.Cut(name, MaxNameLength);

    /// <summary>A caller by the name of its model: <c>candidate/judge</c> is the judge of the candidate's answers.</summary>
    public string CallerOf(string caller)
    {
        var grader = caller.IndexOf('/', StringComparison.Ordinal);
        return grader < 0 ? NameOf(caller) : $"{caller[(grader + 1)..]}, for {NameOf(caller[..grader])}";
    }

    /// <summary>The baseline's numbers, by name and slice; empty without a baseline.</summary>
    public Dictionary<(string Name, string Slice), MetricValue> BaselineLines() =>
        Summary.Metrics.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice));

    /// <summary>An amount of money in the currency of the models' prices.</summary>
    public string Money(double? amount) => amount is { } known ? NumberText.Money(known, Currency) : "no prices";

    private IEnumerable<MetricValue> LinesOf(string role) =>
        Summary.Metrics.Where(line => line.Role == role && line.Slice == MetricReport.AllSamples);
}
