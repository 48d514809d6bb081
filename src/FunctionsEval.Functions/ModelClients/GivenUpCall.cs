using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The result of a call whose attempts have all failed for transient reasons.</summary>
internal static class GivenUpCall
{
    /// <summary>The sample's result when the run no longer waits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="last">How the last attempt failed.</param>
    /// <param name="attempts">Requests sent.</param>
    public static ModelCallResult.Failed ToFailed(ModelOptions model, AttemptResult.Transient last, int attempts) =>
        last.Fault switch
        {
            TransientFault.TimedOut => new(
                Outcome.TimedOut,
                last.Reason,
                $"No answer within {Seconds(model)} s ({model.Setting(nameof(ModelOptions.Timeout))}), in {attempts} attempts.",
                attempts
            ),
            TransientFault.Denied => new(
                Outcome.Rejected,
                last.Reason,
                $"The endpoint refused the request ({last.Description}).",
                attempts
            ),
            _ => new(Outcome.Exhausted, last.Reason, $"All {attempts} attempts failed, the last with {last.Description}.", attempts),
        };

    /// <summary>The result when the endpoint denies access to every request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="denial">The denial.</param>
    public static ModelCallResult.Misconfigured ToMisconfigured(ModelOptions model, AttemptResult.Transient denial) =>
        new(Denial(model, denial));

    /// <summary>The result.</summary>
    /// <param name="model">The model.</param>
    /// <param name="last">How the last attempt failed.</param>
    /// <param name="attempts">Requests sent.</param>
    /// <param name="wereOthersServed">Whether the endpoint served other requests meanwhile. If so, this sample is at fault; otherwise the
    /// model is unreachable.</param>
    public static ModelCallResult ToResult(ModelOptions model, AttemptResult.Transient last, int attempts, bool wereOthersServed)
    {
        var endpoint = model.Setting(nameof(ModelOptions.Endpoint));
        var server = $"{model.Endpoint.Host}:{model.Endpoint.Port}";
        if (last.Fault == TransientFault.NoIdentity)
        {
            return new ModelCallResult.Misconfigured(
                $"{model.Setting(nameof(ModelOptions.ApiKey))}: no key is set, and the managed identity gave no token. "
                    + "Assign an identity to this app (locally: az login), or set a key."
            );
        }

        if (wereOthersServed)
        {
            return ToFailed(model, last, attempts);
        }

        if (last.Fault == TransientFault.ModelFailed)
        {
            return new ModelCallResult.Misconfigured(
                $"{model.Setting(nameof(ModelOptions.Deployment))}: "
                    + $"{server} is reachable, but the model behind it failed in {attempts} attempts ({last.Description}). "
                    + $"Look at the log of deployment '{model.Deployment}', then resume."
            );
        }

        return new ModelCallResult.Unreachable(
            last.Fault switch
            {
                TransientFault.Unreachable =>
                    $"{endpoint}: no connection to {server} in {attempts} attempts (name, port, TLS certificate or firewall). "
                        + "Check the address and that the server is running.",
                TransientFault.Denied => Denial(model, last),
                TransientFault.NoIdentityToken =>
                    $"{model.Setting(nameof(ModelOptions.ApiKey))}: no key is set, and the service that gives tokens for the managed "
                        + $"identity failed in {attempts} attempts. Look at the identity of this app, or set a key.",
                TransientFault.TimedOut =>
                    $"{endpoint}: no answer from {server} within {Seconds(model)} s ({model.Setting(nameof(ModelOptions.Timeout))}) in "
                        + $"{attempts} attempts. Check that the server works, or raise the time.",
                _ when last.Reason == CallReasons.UnreadableBody =>
                    $"{endpoint}: {server} failed in {attempts} attempts: what it answers is no JSON, such as the page of a proxy. "
                        + model.Provider.AddressAdvice(model),
                _ => $"{endpoint}: {server} failed in {attempts} attempts, the last with {last.Description}. Check that the server works.",
            },
            ToFailed(model, last, attempts)
        );
    }

    /// <summary>How an attempt failed, while more of them follow.</summary>
    /// <param name="model">The model.</param>
    /// <param name="last">How the attempt failed.</param>
    public static string Describe(ModelOptions model, AttemptResult.Transient last)
    {
        var server = $"{model.Endpoint.Host}:{model.Endpoint.Port}";
        var what = last.Fault switch
        {
            TransientFault.Unreachable => $"no connection to {server} (name, port, TLS certificate or firewall)",
            TransientFault.TimedOut => $"no answer from {server} within {Seconds(model)} s",
            TransientFault.NoIdentityToken or TransientFault.NoIdentity => "no token for the managed identity",
            _ => $"{server} fails with {last.Description}",
        };
        return $"{model.Setting(nameof(ModelOptions.Endpoint))}: {what}.";
    }

    private static string Denial(ModelOptions model, AttemptResult.Transient denial)
    {
        var key =
            model.ApiKey is null && model.Scope is null
                ? "No key is set: set one if the endpoint needs it"
                : $"Check that the key or identity may use deployment '{model.Deployment}'";
        return $"{model.Setting(nameof(ModelOptions.ApiKey))}: the endpoint denied access ({denial.Description}). "
            + $"{key}, and check that the endpoint's network rules admit this app.";
    }

    private static string Seconds(ModelOptions model) => FormattableString.Invariant($"{model.Timeout.TotalSeconds:0.###}");
}
