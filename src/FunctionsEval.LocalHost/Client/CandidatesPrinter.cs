using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
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

        var table = new Table().Border(TableBorder.Simple).AddColumns("run", "role", "model", "status", "answers", "cost");
        foreach (var member in members)
        {
            table.AddRow(
                member.RunId,
                member.Role,
                Escape(member.Model),
                (member.Status?.ToString() ?? "not begun") + (member.ErrorCode is { } code ? $" ({code})" : ""),
                member.Done.ToString(CultureInfo.InvariantCulture),
                member.Cost?.ToString("0.####", CultureInfo.InvariantCulture) ?? ""
            );
        }

        console.Write(table);
    }

    private void PrintNumber(CandidatesSummary candidates, CandidatesNumber number)
    {
        var verdicts = candidates.Candidates.ToDictionary(candidate => candidate.Model, candidate => candidate.Verdict);
        var table = new Table().Border(TableBorder.Simple).AddColumns(Escape(NameOf(number)), "value");
        if (candidates.Baseline is not null)
        {
            table.AddColumns("difference, for all together", "p (Holm)");
        }

        table.AddColumns("from the best other one", "may be the best", "verdict");
        foreach (var candidate in number.Candidates)
        {
            string[] compared = candidates.Baseline is null
                ? []
                :
                [
                    Number(candidate.Difference) + Interval(candidate.DifferenceLower, candidate.DifferenceUpper),
                    candidate.AdjustedPValue is { } p ? PValueText.Format(p, candidate.PValueIsBound == true) : "",
                ];
            table.AddRow([
                Escape(candidate.Model),
                Number(candidate.Value),
                .. compared,
                Interval(candidate.BestLower, candidate.BestUpper).TrimStart(),
                candidate.MayBeBest switch
                {
                    true => candidate.IsBest == true ? "yes, alone" : "yes",
                    false => "no",
                    _ => "",
                },
                verdicts.GetValueOrDefault(candidate.Model) is { } verdict ? VerdictNames.NameOf(verdict.Result) : "",
            ]);
        }

        console.Write(table);
        if (number.Baseline is { } baseline)
        {
            console.WriteLine($"{NameOf(number)} of the baseline {candidates.Baseline}: {Number(baseline)}");
        }
    }

    private static string NameOf(CandidatesNumber number) =>
        number.Name + (number.Slice == MetricReport.AllSamples ? "" : $" [{number.Slice}]") + (number.HigherIsBetter ? "" : " ↓");

    private static string Interval(double? lower, double? upper) =>
        lower is { } low && upper is { } high ? Escape($" [{Number(low)}, {Number(high)}]") : "";

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    private static string Escape(string text) => Markup.Escape(text);
}
