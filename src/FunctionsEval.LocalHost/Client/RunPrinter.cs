using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a run: what it says at first sight, and on request all of it.</summary>
internal sealed class RunPrinter(IAnsiConsole console, TimeProvider time)
{
    /// <summary>Prints a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="summary">Its summary; null where it has none.</param>
    /// <param name="overview">Its overview; null for a run that has not ended.</param>
    /// <param name="page">Where the dashboard shows it; null for nowhere.</param>
    /// <param name="withDetails">Whether the tables follow.</param>
    public void Print(Run run, RunSummary? summary, RunOverview? overview, Uri? page, bool withDetails)
    {
        if (overview is null)
        {
            new UnderWayPrinter(console, time).Print(run, page);
        }
        else
        {
            new OverviewPrinter(console).Print(overview, page);
        }

        if (withDetails)
        {
            new DetailsPrinter(console).Print(run, summary);
        }
    }
}
