using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints the candidates of an overview, a line each, by the first number that decides.</summary>
internal sealed class CandidateListPrinter(IAnsiConsole console)
{
    private const int MaxCandidates = 6;

    /// <summary>The candidates of a group, the recommended ones first.</summary>
    public void Print(RunOverview overview)
    {
        if (overview.Candidates is not { Count: > 0 } candidates)
        {
            return;
        }

        var number = candidates.SelectMany(candidate => candidate.Headline).FirstOrDefault();
        var table = new FittedTable(
            console,
            [
                new("", 4),
                new("model", 12),
                new(number?.Label ?? "", 6),
                new("interval", null, 3),
                new(overview.Models.Baseline is { } baseline ? $"from {baseline}" : "", 8, 2),
                new("", 12, 1),
            ]
        )
        {
            Indent = 2,
        };
        var shown = candidates.OrderByDescending(candidate => candidate.IsRecommended).Take(MaxCandidates).ToList();
        foreach (var candidate in shown)
        {
            var mark = Mark.Of(candidate.Status ?? RunStatus.Pending, candidate.Verdict);
            var first = candidate.Headline.Count > 0 ? candidate.Headline[0] : null;
            table.Add(
                new FittedCell(mark.Text, mark.Colour),
                candidate.Model,
                first?.Candidate.Text,
                first?.Candidate.IntervalText,
                first?.Difference is { } difference ? $"{difference.Text} {difference.PText}" : null,
                candidate.IsRecommended
                    ? "recommended"
                    : candidate.NotCompared ?? candidate.Reasons.FirstOrDefault(reason => reason.Result != VerdictResult.Pass)?.Reason
            );
        }

        table.Print();
        if (candidates.Count > shown.Count)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"  [grey]and {candidates.Count - shown.Count} more: --details[/]"
            );
        }
    }
}
