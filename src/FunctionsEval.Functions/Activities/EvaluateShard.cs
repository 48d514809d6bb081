using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>Evaluates one shard with one model (<see cref="ShardExecutor"/>). Can be repeated at any point.</summary>
internal sealed class EvaluateShard(ShardExecutor executor, TimeProvider time)
{
    [Function(nameof(EvaluateShard))]
    public async Task<ShardReport> RunAsync([ActivityTrigger] ShardWork work, CancellationToken cancellationToken)
    {
        Instruments.NameRun(work.RunId, work.Role, work.Shard);
        var waited = time.GetUtcNow().UtcDateTime - work.Scheduled;
        return await executor.ExecuteAsync(work, cancellationToken) with { Waited = waited };
    }
}
