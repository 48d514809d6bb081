using FunctionsEval.Functions.Webhooks;
using FunctionsEval.Functions.Triggers.Timers;
using FunctionsEval.Functions.Triggers.Http;
using FunctionsEval.Functions.Triggers.Events;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions;
using FunctionsEval.Core.Training;
using FunctionsEval.Core.Tasks.MultipleChoice;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Specs.Fields;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Scoring.Ranking;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Parsing.Methods;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Ter;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Perplexity;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.ExactMatch;
using FunctionsEval.Core.Metrics.ErrorRate;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Chrf;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Import;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Datasets.Text;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Fan-in: adds up the shards in shard order, computes metrics, intervals and comparison, applies the gate, and writes <c>summary.json</c>,
/// <c>report.html</c>, the metric rows and the run's counts. How the run ends is not written here: <see cref="CommitRun"/> does. Memory
/// does not grow with the number of samples.
/// </summary>
internal sealed class WriteSummary(RunPlans plans, RunBlobs blobs, RunTables tables, ModelRegistry models, PreviousRuns previousRuns)
{
    [Function(nameof(WriteSummary))]
    public async Task<RunFailure?> RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var totals = await RunTotals.ReadAsync(plan, blobs, models, cancellationToken);
        var report = await blobs.ScoreAsync(plan, cancellationToken);
        var previous = await ComparePreviousAsync(plan, totals.Candidate.Outcomes, request, cancellationToken);
        var result = EvaluationResult.Create(
            plan.Spec,
            report,
            totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            request.IsComplete,
            cost: (double?)totals.Cost,
            totals.Candidate.Reasons,
            previous?.Facts
        );
        var failure = request.IsComplete ? MalformedLimit.Check(plan, totals.Candidate) : null;
        // An execution that outlived its run must not write over what the run's end, or a later resumption, left.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { } stored)
        {
            return failure;
        }

        var summary = SummaryBuilder.Create(plan, totals, result, request.IsComplete, stored.Run.DuplicateIds).With(previous?.Summary) with
        {
            Verdict = VerdictOf(result, failure, request.IsComplete),
            Failure = failure,
        };
        await WriteAsync(plan, totals, summary, cancellationToken);
        await tables.Metrics.WriteAsync(request.RunId, result.Metrics, cancellationToken);
        if (
            !await tables.UpdateRunAsync(
                request.RunId,
                run => RunFigures.Apply(run, totals.Roles, summary),
                cancellationToken,
                request.Resumption
            )
        )
        {
            await RemoveLateSummaryAsync(request.RunId, cancellationToken);
        }

        return failure;
    }

    private async Task WriteAsync(RunPlan plan, RunTotals totals, RunSummary summary, CancellationToken cancellationToken)
    {
        await blobs.WriteSummaryAsync(
            summary.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        var flips = await ReadFlipsAsync(plan, cancellationToken);
        await blobs.WriteReportAsync(summary.RunId, HtmlReport.Write(summary, flips, totals.Pace()), cancellationToken);
    }

    /// <summary>
    /// What the summary says: nothing of a run that fails, and of a stopped one, whatever stopped it, what a partial one may say.
    /// </summary>
    private static Verdict? VerdictOf(EvaluationResult result, RunFailure? failure, bool isComplete) =>
        (failure?.Status ?? (isComplete ? RunStatus.Completed : RunStatus.Partial)).Permit(result.Verdict);

    /// <summary>The run ended while its summary was written: one that failed has none.</summary>
    private async Task RemoveLateSummaryAsync(string runId, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is { Run: { Status.HasEnded: true, HasSummary: false } })
        {
            await blobs.DeleteSummaryAsync(runId, cancellationToken);
        }
    }

    /// <summary>Holds a complete run against the one before; null for a stopped one, and where there is none.</summary>
    private async Task<PreviousComparison?> ComparePreviousAsync(
        RunPlan plan,
        OutcomeCounts candidate,
        SummaryRequest request,
        CancellationToken cancellationToken
    ) =>
        request.IsComplete && candidate.Counted > 0 && await tables.FindRunAsync(request.RunId, cancellationToken) is { } stored
            ? await previousRuns.CompareAsync(stored.Run, plan.Spec, cancellationToken)
            : null;

    private async Task<SampleFlips> ReadFlipsAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        if (
            plan.Manifest.Roles.Count < 2
            || await blobs.OpenSamplesForReadAsync(plan.Manifest.RunId, offset: 0, cancellationToken) is not { } samples
        )
        {
            return new SampleFlips([], [], IsCut: false);
        }

        await using (samples)
        {
            return await SampleFlips.ReadAsync(samples, cancellationToken);
        }
    }
}
