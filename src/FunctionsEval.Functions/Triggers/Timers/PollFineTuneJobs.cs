using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Timers;

/// <summary>Looks for fine-tuning jobs that have ended, for those who have no webhook (<c>FineTuning__Poll</c>).</summary>
internal sealed class PollFineTuneJobs(FineTuningJobs jobs, IOptions<FineTuningOptions> options)
{
    [Function(nameof(PollFineTuneJobs))]
    public async Task RunAsync(
        [TimerTrigger("*/30 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (options.Value.Poll)
        {
            await jobs.PollAsync(durable, cancellationToken);
        }
    }
}
