using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>
/// The deployments that the app makes of tuned models and removes again. A deployment is the app's own if its name has the prefix and its
/// tag names this app; nothing else is ever changed or removed.
/// </summary>
internal sealed class TunedDeployments(
    AccountDeployments account,
    EventTable events,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<TunedDeployments> logger
)
{
    private FineTuningOptions Options => options.Value;

    /// <summary>
    /// Brings a model's deployment one step forward: creates it where it is missing, and says how far it is. Repeating it creates nothing
    /// twice, because the deployment's name follows from job and model, and is looked for first.
    /// </summary>
    /// <exception cref="FineTuningApiException">The account refuses to be read, or could not be reached.</exception>
    public async Task<DeploymentStep> EnsureAsync(string jobId, TunedModel model, CancellationToken cancellationToken)
    {
        var app = await events.ReadAppIdAsync(cancellationToken);
        var name = model.DeploymentName(Options.DeployPrefix, app, jobId);
        if (await account.FindAsync(name, cancellationToken) is { } found)
        {
            return new DeploymentStep(name, found.State, DeploymentTags.CreationOf(found)) { Failure = FailureOf(found, app) };
        }

        var now = time.GetUtcNow();
        var wanted = new AccountDeployment(name, model.Name, DeploymentTags.Create(app, jobId, now));
        var refusal = await account.CreateAsync(wanted, cancellationToken);
        if (refusal is { IsOfModel: true } && model.CheckpointId is { } checkpoint)
        {
            // Azure documents both names of a checkpoint.
            refusal = await account.CreateAsync(wanted with { Model = checkpoint }, cancellationToken);
        }

        if (refusal is null)
        {
            logger.TunedModelDeploying(jobId, name);
        }

        return new DeploymentStep(name, DeploymentState.UnderWay, now)
        {
            Failure = refusal is { IsTransient: false } ? refusal.ToFailure() : null,
            Problem = refusal?.Describe(),
        };
    }

    /// <summary>The app's own deployments.</summary>
    /// <exception cref="FineTuningApiException">The account refuses to be read, or could not be reached.</exception>
    public async Task<IReadOnlyList<AccountDeployment>> ListAsync(CancellationToken cancellationToken)
    {
        var app = await events.ReadAppIdAsync(cancellationToken);
        var own = new List<AccountDeployment>();
        await foreach (var deployment in account.ListAsync(cancellationToken))
        {
            if (IsOwn(deployment, app))
            {
                own.Add(deployment);
            }
        }

        return own;
    }

    /// <summary>
    /// Brings the removal of a deployment one step forward. It is read again right before it is deleted, and left alone unless it is the
    /// app's own.
    /// </summary>
    /// <returns>Whether it is gone.</returns>
    /// <exception cref="FineTuningApiException">The account refuses to be read, or could not be reached.</exception>
    public async Task<bool> TryRemoveAsync(string name, CancellationToken cancellationToken)
    {
        var app = await events.ReadAppIdAsync(cancellationToken);
        if (await account.FindAsync(name, cancellationToken) is not { } found || !IsOwn(found, app))
        {
            return true;
        }

        if (found.State == DeploymentState.Deleting)
        {
            return false;
        }

        if (await account.DeleteAsync(name, cancellationToken) is { } refusal)
        {
            logger.DeploymentNotRemoved(name, refusal.Describe());
        }
        else
        {
            logger.DeploymentRemoved(name, DeploymentTags.JobOf(found));
        }

        return false;
    }

    private bool IsOwn(AccountDeployment deployment, string app) =>
        deployment.Name.StartsWith(Options.DeployPrefix, StringComparison.Ordinal) && DeploymentTags.AreOf(deployment, app);

    private RunFailure? FailureOf(AccountDeployment found, string app) =>
        !IsOwn(found, app)
            ? new RunFailure(
                "deployment_refused",
                $"The account has a deployment {found.Name} that this app did not make, so it is left alone. "
                    + "Delete or rename it, or set another FineTuning__DeployPrefix, then resume the run."
            )
        : found.State == DeploymentState.Failed
            ? new RunFailure(
                "deployment_refused",
                $"Azure could not deploy the tuned model: the deployment {found.Name} failed. "
                    + "See the account's activity log for the cause, then resume the run."
            )
        : null;
}

/// <summary>How far the deployment of a tuned model is.</summary>
/// <param name="Name">The deployment's name.</param>
/// <param name="State">Its state.</param>
/// <param name="Created">When it was made.</param>
internal sealed record DeploymentStep(string Name, DeploymentState State, DateTimeOffset Created)
{
    /// <summary>Why it will never be there; null while it may be.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Why it could not be created now; null for nothing.</summary>
    public string? Problem { get; init; }
}
