using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The consequences of a model call that leaves its sample without an answer: what was paid, and why the shard stops.</summary>
internal static class UnansweredCall
{
    /// <summary>How long a deployment that was just made may take to appear; Azure itself says five minutes.</summary>
    private static readonly TimeSpan DeploymentAppears = TimeSpan.FromMinutes(10);

    /// <summary>A partial row with the cost of a sample that has no answer yet; null for none.</summary>
    public static EvaluatedSample? PaidInVain(EvaluatedSample empty, ModelCallResult result)
    {
        var (attempts, paid) = result switch
        {
            ModelCallResult.Unreachable { IfGivenUp: var failed } => (failed.Attempts, failed.Billed),
            ModelCallResult.RetryLater { IfGivenUp: var failed } => (failed.Attempts, failed.Billed),
            ModelCallResult.NotSent stopped => (stopped.Attempts, stopped.Paid),
            _ => default,
        };
        return paid == default
            ? null
            : empty with
            {
                IsPartial = true,
                Attempts = empty.Attempts + attempts,
                InputTokens = empty.InputTokens + paid.Input,
                CachedInputTokens = empty.CachedInputTokens + paid.CachedInput,
                OutputTokens = empty.OutputTokens + paid.Output,
            };
    }

    /// <summary>Why the shard stops.</summary>
    /// <param name="result">How the call ended.</param>
    /// <param name="isAutomatic">Whether the run follows a fine-tuning job, so that a deployment may still appear.</param>
    public static ShardReport ReportOf(ModelCallResult result, bool isAutomatic) =>
        result switch
        {
            ModelCallResult.Misconfigured { MayAppear: true } missing when isAutomatic => new ShardReport(
                ShardStatus.Unreachable,
                new RunFailure(missing.Code, missing.Message)
            )
            {
                OutageLimit = DeploymentAppears,
            },
            ModelCallResult.Misconfigured misconfigured => ShardReport.Failed(misconfigured.Code, misconfigured.Message),
            ModelCallResult.Unreachable unreachable => new ShardReport(
                ShardStatus.Unreachable,
                new RunFailure(unreachable.Code, unreachable.Message),
                unreachable.After
            ),
            ModelCallResult.RetryLater later => new ShardReport(
                ShardStatus.Throttled,
                new RunFailure(later.Code, later.IfGivenUp.Message),
                later.After
            ),
            ModelCallResult.NotSent => ShardReport.Incomplete(),
            _ => throw new InvalidOperationException($"Unknown result of a model call: {result.GetType().Name}."),
        };
}
