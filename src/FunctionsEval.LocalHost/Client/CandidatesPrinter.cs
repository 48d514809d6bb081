using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints the candidates of a group beside their baseline and beside the best of them, and the runs of the group.</summary>
internal sealed class CandidatesPrinter(IAnsiConsole console)
{
    /// <summary>The numbers that decide, and the verdicts.</summary>
    public void Print(CandidatesSummary candidates)
    {
        foreach (var number in candidates.Numbers.Where(number => number.Kind == MetricKind.Headline))
        {
            PrintNumber(candidates, number);
        }

        console.WriteLine(
            candidates.Recommended.Count > 0 ? $"Recommended: {string.Join(", ", candidates.Recommended)}" : "Recommended: none"
        );
    }

    /// <summary>The runs of a group, by whose ids samples and reports are asked for.</summary>
    public void PrintRuns(IReadOnlyList<GroupMember> members)
    {
        if (members.Count == 0)
        {
            return;
        }

        var table = new FittedTable(
            console,
            [
                new("run"),
                new("role", Rank: 2),
                new("model", 10),
                new("status", 9),
                new("answers", Rank: 1, ToRight: true),
                new("cost", Rank: 3, ToRight: true),
            ]
        );
        foreach (var member in members)
        {
            table.Add(
                member.RunId,
                member.Role,
                member.Model,
                (member.Status?.ToString() ?? "not begun") + (member.ErrorCode is { } code ? $" ({code})" : ""),
                NumberText.Count(member.Done),
                member.Cost is { } cost ? NumberText.Money(cost, currency: null) : null
            );
        }

        table.Print();
    }

    private void PrintNumber(CandidatesSummary candidates, CandidatesNumber number)
    {
        var verdicts = candidates.Candidates.ToDictionary(candidate => candidate.Model, candidate => candidate.Verdict);
        var text = new NumberText(MetricWords.Find(number.Name).Unit);
        var table = new FittedTable(
            console,
            [
                new(NameOf(number), 12),
                new("value"),
                new("difference"),
                new("for all together", Rank: 4),
                new("p (Holm)", Rank: 3),
                new("from the best other one", Rank: 5),
                new("may be the best", Rank: 2),
                new("verdict", Rank: 1),
            ]
        );
        foreach (var candidate in number.Candidates)
        {
            table.Add(
                candidate.Model,
                candidate.Value is { } value ? text.Value(value, candidate.DifferenceLower, candidate.DifferenceUpper) : null,
                candidate.Difference is { } difference
                    ? text.Difference(difference, candidate.DifferenceLower, candidate.DifferenceUpper)
                    : null,
                Bounds(text, candidate.DifferenceLower, candidate.DifferenceUpper),
                candidate.AdjustedPValue is { } p ? PValueText.Format(p, candidate.PValueIsBound == true) : null,
                Bounds(text, candidate.BestLower, candidate.BestUpper),
                candidate.MayBeBest switch
                {
                    true => candidate.IsBest == true ? "yes, alone" : "yes",
                    false => "no",
                    _ => null,
                },
                verdicts.GetValueOrDefault(candidate.Model) is { } verdict ? VerdictNames.NameOf(verdict.Result) : null
            );
        }

        table.Print();
        if (number.Baseline is { } baseline)
        {
            console.WriteLine($"{NameOf(number)} of the baseline {candidates.Baseline}: {text.Value(baseline)}");
        }
    }

    private static string? Bounds(NumberText text, double? lower, double? upper) =>
        lower is { } low && upper is { } high ? text.Bounds(low, high) : null;

    private static string NameOf(CandidatesNumber number) =>
        number.Name + (number.Slice == MetricReport.AllSamples ? "" : $" [{number.Slice}]") + (number.HigherIsBetter ? "" : " ↓");
}
