using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Shows runs under way: a live table on a terminal, a line per change elsewhere.</summary>
internal sealed class ProgressPrinter(IAnsiConsole console)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<string, string> _printed = new(StringComparer.Ordinal);

    /// <summary>Runs <paramref name="follow"/>, showing what it reports.</summary>
    /// <param name="expected">Answers each dataset will take (rows × models), as far as known, for share and ETA.</param>
    /// <param name="follow">Reports progress to the action it is given.</param>
    public async Task<T> ShowAsync<T>(IReadOnlyDictionary<string, long> expected, Func<Action<IReadOnlyList<RunProgress>>, Task<T>> follow)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
            return await follow(runs => PrintChanges(runs, expected));
        return await console.Live(new Table()).StartAsync(context => follow(runs =>
        {
            context.UpdateTarget(Draw(runs, expected));
            context.Refresh();
        }));
    }

    private void PrintChanges(IReadOnlyList<RunProgress> runs, IReadOnlyDictionary<string, long> expected)
    {
        foreach (var run in runs)
        {
            var line = $"{run.Dataset}: {run.Status}{(run.Done > 0 ? ", " + Describe(run, expected) : "")}";
            if (_printed.TryGetValue(run.Dataset, out var last) && last == line)
                continue;
            _printed[run.Dataset] = line;
            console.WriteLine($"{_watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),6} s  {line}");
        }
    }

    private Table Draw(IReadOnlyList<RunProgress> runs, IReadOnlyDictionary<string, long> expected)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("dataset", "status", "progress");
        foreach (var run in runs)
            table.AddRow(Markup.Escape(run.Dataset), run.Status, Markup.Escape(Describe(run, expected)));
        return table;
    }

    private string Describe(RunProgress run, IReadOnlyDictionary<string, long> expected)
    {
        if (run.Done == 0)
            return "";
        var rate = run.Done / _watch.Elapsed.TotalSeconds;
        var total = expected.GetValueOrDefault(run.Dataset);
        var left = total > run.Done && !run.IsEnded ? $", about {Math.Ceiling((total - run.Done) / rate)} s left" : "";
        var outcomes = string.Join(", ", run.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"));
        return FormattableString.Invariant($"{run.Done}{(total > 0 ? $" of {total}" : "")} answers, {rate:0}/s{left} ({outcomes})");
    }
}
