using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a run that has not ended: how far it is, how long that took, and what it waits for.</summary>
internal sealed class UnderWayPrinter(IAnsiConsole console, TimeProvider time)
{
    private const int MaxLines = 12;

    /// <summary>Prints a run.</summary>
    /// <param name="run">The run, with its progress.</param>
    /// <param name="page">Where the dashboard shows it; null for nowhere.</param>
    public void Print(Run run, Uri? page)
    {
        console.WriteLine();
        var lines = new LineBudget(console, MaxLines - 2);
        var progress = new RunProgress(run.Dataset, run.RunId, run.Status, new OutcomeCounts()).With(run);
        var mark = Mark.Of(run.Status, verdict: null);
        lines.Add(
            0,
            $"{mark.Word.ToUpperInvariant()} {run.Name ?? run.Suite ?? run.Dataset}: {StateOf(run, progress)}",
            mark.Sign,
            mark.Colour,
            $"bold {mark.Colour}"
        );
        lines.Add(1, FactsOf(run), style: "grey", maxLines: 1);
        foreach (var part in PartsOf(run))
        {
            lines.Add(2, part, maxLines: 1);
        }

        if (PaceOf(run, progress) is { } pace)
        {
            lines.Add(1, pace);
        }

        foreach (var waiting in progress.Waiting)
        {
            lines.Add(0, $"Tried again: {waiting}", "!", "yellow");
        }

        lines.Print();
        console.Profile.Out.Writer.WriteLine(page is null ? $"  watch {run.RunId}" : $"  {page.AbsoluteUri}");
    }

    private static string StateOf(Run run, RunProgress progress) =>
        run.CancelRequested ? "is being cancelled"
        : run.Status == RunStatus.Pending ? "has not begun yet"
        : run.Status == RunStatus.AwaitingDeployment ? "waits until its model is deployed"
        : progress.Total is null && progress.Done == 0 ? "is being planned"
        : Amounts.Of(progress.Done, progress.Total, progress.IsTotalEstimated, "answers");

    private static string FactsOf(Run run)
    {
        var models = run.IsGroup ? $"{run.Candidates.Count.ToString(CultureInfo.InvariantCulture)} models" : run.Model;
        string?[] parts =
        [
            run.Baseline is { } baseline ? $"{models} against {baseline}" : models,
            run.ExpectedSamples is { } samples
                ? $"{(run.ExpectedSamplesEstimated == true ? "about " : "")}{NumberText.Count(samples)} samples"
                : null,
            run.Dataset,
        ];
        return string.Join(" · ", parts.Where(part => part is { Length: > 0 }));
    }

    /// <summary>How far each model is, where there are several.</summary>
    private static IEnumerable<string> PartsOf(Run run)
    {
        if (run.Members is { Count: > 0 } members)
        {
            return members.Select(member =>
                $"{member.Model} ({member.Role}): {member.Status?.ToString() ?? "not begun"}, {Amounts.Of(member.Done, member.ExpectedSamples)}"
            );
        }

        return run is { Baseline: { } baseline, Model: { } candidate, Progress: { Count: > 0 } progress }
            ?
            [
                $"{candidate}: {Amounts.Of(CountOf(progress, Roles.Candidate), run.ExpectedSamples)}, "
                    + $"{baseline}: {Amounts.Of(CountOf(progress, Roles.Baseline), run.ExpectedSamples)}",
            ]
            : [];
    }

    private static long CountOf(IReadOnlyDictionary<string, OutcomeCounts> progress, string role) =>
        progress.GetValueOrDefault(role)?.Total ?? 0;

    /// <summary>How long it has been under way, and at the mean rate since then how long it still takes.</summary>
    private string? PaceOf(Run run, RunProgress progress)
    {
        var elapsed = time.GetUtcNow() - run.Began;
        // The app's clock may be ahead.
        if (run.Status != RunStatus.Running || run.Started is null || elapsed < TimeSpan.FromSeconds(1))
        {
            return null;
        }

        var rate = progress.Done / elapsed.TotalSeconds;
        string?[] parts =
        [
            $"{NumberText.Duration(elapsed)} since the start",
            rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} answers a second") : null,
            Amounts.TimeLeft(progress.Total - progress.Done, rate),
        ];
        return string.Join(", ", parts.OfType<string>());
    }
}
