using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Has the runs of a group's stage under way, and says how many have not ended (<see cref="CandidateRuns"/>). Can be repeated.
/// </summary>
internal sealed class FollowCandidates(CandidateRuns runs)
{
    [Function(nameof(FollowCandidates))]
    public Task<GroupReport> RunAsync(
        [ActivityTrigger] GroupStep step,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        Instruments.NameRun(step.RunId);
        return runs.FollowAsync(step, durable, cancellationToken);
    }
}
