using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>What an overview is made of: a run's summary, its spec as far as this version reads it, and its numbers by name.</summary>
internal sealed class OverviewFacts
{
    private readonly Dictionary<(string Name, string Slice), MetricValue> _baseline;
    private readonly Dictionary<string, IReadOnlyDictionary<string, long>> _support = new(StringComparer.Ordinal);

    public OverviewFacts(RunSummary summary, string currency)
    {
        Summary = summary;
        Currency = currency;
        Spec = ReadSpec(summary);
        Candidate = [.. summary.Metrics.Where(line => line.Role == Roles.Candidate)];
        _baseline = summary
            .Metrics.Where(line => line.Role == Roles.Baseline)
            .GroupBy(line => (line.Name, line.Slice))
            .ToDictionary(lines => lines.Key, lines => lines.First());
    }

    /// <summary>The summary.</summary>
    public RunSummary Summary { get; }

    /// <summary>The currency of money.</summary>
    public string Currency { get; }

    /// <summary>The spec; null where this version cannot read it.</summary>
    public EvaluationSpec? Spec { get; }

    /// <summary>The rules of the gate, in the spec's order.</summary>
    public IReadOnlyList<GateRule> Rules => Spec?.Gate?.Rules ?? [];

    /// <summary>The numbers of the model under test.</summary>
    public IReadOnlyList<MetricValue> Candidate { get; }

    /// <summary>The baseline's name; null for none.</summary>
    public string? BaselineName => Summary.Models.GetValueOrDefault(Roles.Baseline);

    /// <summary>The baseline's number; null where it has none.</summary>
    public MetricValue? FindBaseline(MetricValue line) => _baseline.GetValueOrDefault((line.Name, line.Slice));

    /// <summary>Samples of each class by the confusion matrix of a slice; empty without one.</summary>
    /// <param name="slice">The slice.</param>
    public IReadOnlyDictionary<string, long> SupportIn(string slice) =>
        _support.TryGetValue(slice, out var known) ? known : _support[slice] = ConfusedPairs.SupportOf(Summary, slice);

    /// <summary>How a number is written.</summary>
    public NumberText TextOf(MetricWords words) => new(words.Unit, Currency);

    /// <summary>What a rule of a candidate's own verdict says; null where the verdict has not one result a rule.</summary>
    public static VerdictResult? ResultOf(Verdict? verdict, int rule, int rules) =>
        verdict is not null && verdict.Rules.Count >= rules ? verdict.Rules[rule].Result : null;

    /// <summary>The numbers that lead: those of the gate in its order, else the task's first.</summary>
    /// <param name="known">The numbers there are.</param>
    public IReadOnlyList<(string Name, string Slice)> HeadlineOf(IReadOnlyList<MetricValue> known)
    {
        var names = known.Select(line => (line.Name, line.Slice)).ToHashSet();
        List<(string Name, string Slice)> named =
        [
            .. Rules
                .OfType<MetricRule>()
                .Select(rule => (rule.Metric, rule.Slice ?? SliceNames.All))
                .Where(names.Contains)
                .Where(number => !IsOfDocuments(number.Metric))
                .Distinct(),
        ];
        if (named.Count > 0)
        {
            return named;
        }

        var fit = known.Where(line => !IsOfDocuments(line.Name)).ToList();
        var first = Spec is not null
            ? MetricReadings.Headline(Spec with { Gate = null }, fit)
            : fit.Where(line => line.Kind == MetricKind.Headline).Select(line => (line.Name, line.Slice)).ToHashSet();
        return first.Count > 0
            ? [.. first]
            :
            [
                .. fit.Where(line => MetricWords.GroupOf(line.Name, line.Slice) == "average")
                    .Select(line => (line.Name, line.Slice))
                    .Take(1),
            ];
    }

    /// <summary>
    /// A run's first headline number; of a group that of its first recommended candidate, else of its first. Null for none.
    /// </summary>
    /// <param name="summary">The run's summary.</param>
    public static MetricValue? FindFirst(RunSummary summary)
    {
        var facts = new OverviewFacts(summary, "");
        var lines = facts.Candidate;
        if (summary.Candidates is { } candidates)
        {
            var byModel = CandidateLines.From(candidates).ToLookup(line => line.Candidate);
            var model = candidates
                .Recommended.Concat(candidates.Candidates.Select(candidate => candidate.Model))
                .FirstOrDefault(byModel.Contains);
            lines = [.. byModel[model]];
        }

        return facts.HeadlineOf(lines) is [var first, ..] ? lines.First(line => (line.Name, line.Slice) == first) : null;
    }

    /// <summary>A product over all tokens of a document says nothing to anybody: 1.733e32 is not a headline.</summary>
    private static bool IsOfDocuments(string name) => name.EndsWith("document_perplexity", StringComparison.Ordinal);

    private static EvaluationSpec? ReadSpec(RunSummary summary)
    {
        try
        {
            return SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(summary.Spec.GetRawText()), "summary.json");
        }
        catch (Exception unreadable) when (unreadable is SpecException or InvalidOperationException)
        {
            // A spec of another version: the numbers have no bounds then.
            return null;
        }
    }
}
