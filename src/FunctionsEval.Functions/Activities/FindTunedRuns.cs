using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>Looks which runs of a fine-tuning job have not ended.</summary>
internal sealed class FindTunedRuns(WaitingRuns runs)
{
    [Function(nameof(FindTunedRuns))]
    public Task<TunedRuns> RunAsync([ActivityTrigger] string jobId, CancellationToken cancellationToken) =>
        runs.FindOpenAsync(jobId, cancellationToken);
}
