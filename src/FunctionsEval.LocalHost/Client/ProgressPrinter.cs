using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Shows runs under way: a live table on a terminal, lines elsewhere. A change of status is a line at once; between two of them there is a
/// line every ten seconds at most, and where the number of samples is known for each twentieth of them at most.
/// </summary>
internal sealed class ProgressPrinter(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private const int LinesOfARun = 20;
    private const string TriedAgain = "Tried again: ";

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly long _started = time.GetTimestamp();
    private readonly Dictionary<string, RecentRate> _rates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PrintedLine> _printed = new(StringComparer.Ordinal);

    /// <summary>Runs <paramref name="follow"/>, showing what it reports to the action it is given.</summary>
    public async Task<T> ShowAsync<T>(Func<Action<IReadOnlyList<RunProgress>>, Task<T>> follow)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            return await follow(PrintLines);
        }

        return await console
            .Live(new Table())
            .StartAsync(context =>
                follow(runs =>
                {
                    context.UpdateTarget(Draw(runs));
                    context.Refresh();
                })
            );
    }

    private void PrintLines(IReadOnlyList<RunProgress> runs)
    {
        foreach (var run in runs)
        {
            var description = Describe(run);
            if (_printed.TryGetValue(run.Dataset, out var last) && !IsWorthALine(run, last))
            {
                continue;
            }

            _printed[run.Dataset] = new PrintedLine(run.Status, run.Done, time.GetTimestamp());
            var elapsed = time.GetElapsedTime(_started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            console.WriteLine($"{elapsed, 6} s  {run.Dataset}: {run.StatusText}{(description.Length > 0 ? ", " + description : "")}");
        }

        foreach (var waiting in runs.SelectMany(run => run.Waiting).Distinct().Where(_told.Add))
        {
            console.WriteLine($"          {TriedAgain}{waiting}");
        }
    }

    private bool IsWorthALine(RunProgress run, PrintedLine last)
    {
        if (run.Status != last.Status)
        {
            return true;
        }

        var step = Math.Max(1, (run.Total ?? 0) / LinesOfARun);
        return run.Done - last.Done >= step && time.GetElapsedTime(last.Timestamp) >= LineInterval;
    }

    private Table Draw(IReadOnlyList<RunProgress> runs)
    {
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn(new TableColumn("dataset").NoWrap())
            .AddColumn(new TableColumn("status").NoWrap())
            .AddColumn("progress");
        foreach (var run in runs)
        {
            table.AddRow(Markup.Escape(run.Dataset), run.StatusText, Markup.Escape(Describe(run)));
        }

        foreach (var waiting in runs.SelectMany(run => run.Waiting).Distinct())
        {
            table.AddRow("", "[yellow]![/]", $"[yellow]{Markup.Escape(TriedAgain + waiting)}[/]");
        }

        return table;
    }

    private string Describe(RunProgress run)
    {
        if (!_rates.TryGetValue(run.Dataset, out var recent))
        {
            _rates[run.Dataset] = recent = new RecentRate(time);
        }

        var rate = recent.Add(run.Done);
        if (run.Done == 0)
        {
            return "";
        }

        var speed = rate is { } perSecond && !run.HasEnded ? string.Create(CultureInfo.InvariantCulture, $", {perSecond:0.#}/s") : "";
        var left = !run.HasEnded && Amounts.TimeLeft(run.Total - run.Done, rate) is { } remaining ? ", " + remaining : "";
        var details = run.Members is { } members ? Describe(members) : Describe(run.Outcomes);
        return Amounts.Of(run.Done, run.Total, run.IsTotalEstimated, "answers") + speed + left + (details.Length > 0 ? $"; {details}" : "");
    }

    /// <summary>How many runs of a group have ended, and how.</summary>
    private static string Describe(IReadOnlyList<GroupMember> members) =>
        string.Join(
            ", ",
            members
                .GroupBy(member => (member.Role, Status: member.Status?.ToString() ?? "waiting"))
                .Select(group => $"{group.Count()} {group.Key.Role}{(group.Count() > 1 ? "s" : "")} {group.Key.Status}")
        );

    /// <summary>What is no answer that could be read, by why.</summary>
    private static string Describe(OutcomeCounts outcomes) =>
        string.Join(
            ", ",
            OutcomeNames
                .All.Values.Where(outcome => outcome != Outcome.Scored && outcomes[outcome] > 0)
                .Select(outcome => $"{NumberText.Count(outcomes[outcome])} {OutcomeWords.LabelOf(outcome)}")
        );

    /// <summary>What the last line about a run said, and when.</summary>
    private sealed record PrintedLine(RunStatus? Status, long Done, long Timestamp);
}
