using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Fan-in of a group: reads the scoreboard of one candidate after the other, compares the candidates, applies the gate to each among all,
/// and writes <c>summary.json</c>, <c>report.html</c>, the metric rows and the group's counts. <see cref="CommitRun"/> writes how it ends.
/// Everything follows from the runs in the spec's order, so it has the same bytes however often it is repeated.
/// </summary>
internal sealed class WriteCandidates(
    RunPlans plans,
    RunBlobs blobs,
    RunTables tables,
    RunScoreboards scoreboards,
    IOptions<EvaluationOptions> options
)
{
    [Function(nameof(WriteCandidates))]
    public async Task<RunFailure?> RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { Run: var group })
        {
            return null;
        }

        var spec = await blobs.ReadSpecAsync(request.RunId, cancellationToken);
        var totals = new GroupTotals();
        var compared = new List<CandidateRun>();
        foreach (var member in GroupRuns.MembersOf(group))
        {
            var run = (await tables.FindRunAsync(member.RunId, cancellationToken))?.Run;
            var summary = await FindSummaryAsync(run, cancellationToken);
            totals.Add(member, run, summary);
            if (member.Role == Roles.Candidate)
            {
                compared.Add(await ReadAsync(spec, member, run, summary, group.CandidateRuns.Count, cancellationToken));
            }
        }

        var candidates = CandidatesComparison.Create(spec, compared);
        var result = GroupSummary.Create(group, spec, totals, candidates, request.IsComplete);
        await WriteAsync(request, totals, result, cancellationToken);
        return null;
    }

    private async Task WriteAsync(SummaryRequest request, GroupTotals totals, RunSummary summary, CancellationToken cancellationToken)
    {
        // An execution that outlived its group must not write over what a later resumption leaves.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { } stored)
        {
            return;
        }

        var ended = RunConclusion.Foresee(totals.Apply(stored.Run, summary), request, failure: null, summary.Verdict);
        await blobs.WriteSummaryAsync(
            request.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        var source = new ReportSource(RunOverview.From(ended, summary, options.Value.Currency), summary, SampleHighlights.None, [])
        {
            Currency = options.Value.Currency,
        };
        await blobs.WriteReportAsync(request.RunId, HtmlReport.Write(source), cancellationToken);
        // The candidates' other numbers are in the rows of their own runs.
        await tables.Metrics.WriteAsync(
            request.RunId,
            CandidateLines.From(summary.Candidates!).Where(line => line.Kind == MetricKind.Headline),
            cancellationToken
        );
        await tables.UpdateRunAsync(request.RunId, run => totals.Apply(run, summary), cancellationToken, request.Resumption);
    }

    private async Task<CandidateRun> ReadAsync(
        EvaluationSpec spec,
        GroupMember member,
        Run? run,
        RunSummary? summary,
        int tried,
        CancellationToken cancellationToken
    )
    {
        if (run is not { Status: RunStatus.Completed } || summary is null)
        {
            return CandidateRun.NotCompleted(member.Model, member.RunId, run?.Status ?? RunStatus.Pending);
        }

        var plan = await plans.GetAsync(run.RunId, run.Resumptions, cancellationToken);
        return CandidateRun.Completed(spec, summary, await scoreboards.ReadAsync(plan, cancellationToken), tried);
    }

    private async Task<RunSummary?> FindSummaryAsync(Run? run, CancellationToken cancellationToken) =>
        run is { Status.HasSummary: true } && await blobs.FindSummaryAsync(run.RunId, cancellationToken) is { } summary
            ? JsonSerializer.Deserialize<RunSummary>(summary, ResultJson.Options)
            : null;
}
