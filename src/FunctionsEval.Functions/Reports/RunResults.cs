using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The results of a run, as far as its status permits them to be read.</summary>
internal sealed class RunResults(RunBlobs blobs)
{
    /// <summary>
    /// The text of <c>summary.json</c>; null when the run has none, has not ended, or has one whose verdict its status does not permit.
    /// </summary>
    public async Task<BinaryData?> FindSummaryAsync(Run run, CancellationToken cancellationToken) =>
        await MayReadAsync(run, cancellationToken) ? await blobs.FindSummaryAsync(run.RunId, cancellationToken) : null;

    /// <summary>The run's <c>report.html</c>; null where there is no summary to read.</summary>
    public async Task<BinaryData?> FindReportAsync(Run run, CancellationToken cancellationToken) =>
        await MayReadAsync(run, cancellationToken) ? await blobs.FindReportAsync(run.RunId, cancellationToken) : null;

    private async Task<bool> MayReadAsync(Run run, CancellationToken cancellationToken) =>
        run.HasSummary && (run.Status != RunStatus.Failed || await HasNoVerdictAsync(run, cancellationToken));

    /// <summary>Earlier versions let a failed run's summary keep its verdict.</summary>
    private async Task<bool> HasNoVerdictAsync(Run run, CancellationToken cancellationToken) =>
        await blobs.FindSummaryAsync(run.RunId, cancellationToken) is { } summary && SummaryVerdict.Read(summary) is null;
}
