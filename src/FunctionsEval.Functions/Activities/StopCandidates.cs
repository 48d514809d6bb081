using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Activities;

/// <summary>Stops the runs of a group that cannot go on itself. Can be repeated.</summary>
internal sealed class StopCandidates(CandidateRuns runs)
{
    [Function(nameof(StopCandidates))]
    public Task RunAsync([ActivityTrigger] string runId, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        Instruments.NameRun(runId);
        return runs.StopAsync(runId, durable, cancellationToken);
    }
}
