using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>The content of the page: the summary, and data that is too large or too variable for it.</summary>
/// <param name="Summary">The run's summary.</param>
/// <param name="Flips">Samples that only one of the two models got right.</param>
/// <param name="Latencies">Latency and length of each model's answers.</param>
internal sealed record ReportSource(RunSummary Summary, SampleFlips Flips, IReadOnlyList<AnswerLatency> Latencies)
{
    /// <summary>The candidate's numbers over the whole dataset, in the summary's order.</summary>
    public IEnumerable<MetricValue> CandidateLines => LinesOf(Roles.Candidate);

    /// <summary>The baseline's numbers over the whole dataset, by name; empty without a baseline.</summary>
    public Dictionary<string, MetricValue> BaselineLines => LinesOf(Roles.Baseline).ToDictionary(line => line.Name, StringComparer.Ordinal);

    /// <summary>The candidate's numbers over the whole dataset but for those of single classes, which are shown as bars.</summary>
    public IEnumerable<MetricValue> LinesOfWhole => CandidateLines.Where(line => !line.Name.Contains('['));

    private IEnumerable<MetricValue> LinesOf(string role) =>
        Summary.Metrics.Where(line => line.Role == role && line.Slice == MetricReport.AllSamples);
}
