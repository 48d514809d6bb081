using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Tests.Results.Overview;

/// <summary>Runs and summaries as apps write them, made by hand.</summary>
internal static class OverviewSamples
{
    public static Run Completed(VerdictResult? verdict = VerdictResult.Pass) =>
        new()
        {
            RunId = "ev-now",
            Status = RunStatus.Completed,
            Name = "tickets",
            Dataset = "tickets/test.jsonl",
            Suite = "tickets",
            Source = "http",
            Model = "tuned",
            Baseline = "base",
            Samples = 3080,
            Started = new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero),
            Finished = new DateTimeOffset(2026, 11, 27, 9, 2, 14, TimeSpan.Zero),
            Verdict = verdict,
            CandidateFigures = new ModelFigures
            {
                Cost = 0.11,
                LatencyMsP50 = 120,
                LatencyMsP95 = 197.3,
                Outcomes = new OutcomeCounts { Scored = 3080 },
            },
            BaselineFigures = new ModelFigures
            {
                Cost = 0.08,
                Outcomes = new OutcomeCounts { Scored = 3079, Exhausted = 1 },
            },
        };

    public static RunSummary Summary(string spec, IEnumerable<MetricValue> lines, params VerdictResult[] results) =>
        new()
        {
            RunId = "ev-now",
            Name = "tickets",
            Task = TaskCatalog.Get(JsonDocument.Parse(spec).RootElement.GetProperty("task").GetString()!),
            Dataset = new DatasetSummary("tickets/test.jsonl", "1", 100, 3080),
            Models = new Dictionary<string, string> { [Roles.Candidate] = "tuned", [Roles.Baseline] = "base" },
            IsComplete = true,
            Verdict =
                results.Length == 0
                    ? null
                    : new Verdict(results.Max(), [.. results.Select(result => new RuleVerdict(result, $"it is {result}"))]),
            Outcomes = new Dictionary<string, OutcomeCounts>
            {
                [Roles.Candidate] = new() { Scored = 3080 },
                [Roles.Baseline] = new() { Scored = 3079, Exhausted = 1 },
            },
            Coverage = new Dictionary<string, double?> { [Roles.Candidate] = 1, [Roles.Baseline] = 0.9997 },
            Usage = new Dictionary<string, UsageSummary>(),
            Metrics = [.. lines],
            Spec = JsonDocument.Parse(SpecReader.Canonical(SpecReader.Read(spec, "evaluation.json"))).RootElement.Clone(),
            CodeVersion = "1",
        };

    public static MetricValue Line(
        string name,
        double? value,
        double? lower = null,
        double? upper = null,
        string slice = SliceNames.All,
        long samples = 3080,
        bool higherIsBetter = true
    ) =>
        new()
        {
            Role = Roles.Candidate,
            Name = name,
            Slice = slice,
            Value = value,
            Lower = lower,
            Upper = upper,
            Samples = samples,
            HigherIsBetter = higherIsBetter,
            Signature = "",
        };

    public static MetricValue OfBaseline(string name, double? value, string slice = SliceNames.All) =>
        Line(name, value, slice: slice) with
        {
            Role = Roles.Baseline,
        };

    public static MetricValue Against(
        this MetricValue line,
        double difference,
        double lower,
        double upper,
        double p = 0.0001,
        MetricReading? reading = MetricReading.Better
    ) =>
        line with
        {
            Difference = difference,
            DifferenceLower = lower,
            DifferenceUpper = upper,
            PValue = p,
            Reading = reading,
            Kind =
                line.Slice != SliceNames.All ? MetricKind.Slice
                : line.Name.EndsWith(']') ? MetricKind.Class
                : MetricKind.Headline,
        };

    public static ScoredTable Matrix(IReadOnlyList<string> labels, params double[][] rows) =>
        new(
            ModelRole.Candidate,
            SliceNames.All,
            new MetricTable
            {
                Kind = MetricCatalog.TableKinds.First(kind => kind.Member == "confusionMatrices"),
                Labels = labels,
                Rows = rows,
            }
        );
}
