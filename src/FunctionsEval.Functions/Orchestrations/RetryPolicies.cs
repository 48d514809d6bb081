using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// How failed activities are repeated. An activity throws only for faults of the infrastructure: storage, or a worker that died.
/// </summary>
internal static class RetryPolicies
{
    /// <summary>Up to ten attempts over about five minutes: outlasts a storage failover or a restart.</summary>
    public static readonly TaskOptions Infrastructure = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 10,
            firstRetryInterval: TimeSpan.FromSeconds(2),
            backoffCoefficient: 2.0,
            maxRetryInterval: TimeSpan.FromMinutes(1)
        )
    );

    /// <summary>
    /// A hundred attempts over about sixteen hours: a run with a result is not given up because its last write fails.
    /// </summary>
    public static readonly TaskOptions Commit = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 100,
            firstRetryInterval: TimeSpan.FromSeconds(2),
            backoffCoefficient: 2.0,
            maxRetryInterval: TimeSpan.FromMinutes(10)
        )
    );

    /// <summary>Up to eight attempts over about twenty minutes: outlasts a deployment of the receiver.</summary>
    public static readonly TaskOptions Notification = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 8,
            firstRetryInterval: TimeSpan.FromSeconds(2),
            backoffCoefficient: 3.0,
            maxRetryInterval: TimeSpan.FromMinutes(10)
        )
    );
}
