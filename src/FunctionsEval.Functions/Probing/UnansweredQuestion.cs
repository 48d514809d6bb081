using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Probing;

/// <summary>What a question without an answer shows, in the words of the call's own result.</summary>
internal static class UnansweredQuestion
{
    /// <summary>What was found of a feature whose question has no answer.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="model">The model.</param>
    /// <param name="result">How the call ended; null where the probe's time was over first.</param>
    public static ProbeFinding ToFinding(ProbeFeature feature, ModelOptions model, ModelCallResult? result) =>
        new(feature, IsRefusal(result) ? ProbeState.Missing : ProbeState.Unknown, MessageOf(model, result));

    /// <summary>Why the model is not usable, and what to do.</summary>
    /// <param name="model">The model.</param>
    /// <param name="result">How the first call ended; null where the probe's time was over first.</param>
    public static string MessageOf(ModelOptions model, ModelCallResult? result) =>
        result switch
        {
            null =>
                $"There was no answer within the probe's {ProbeLimits.Total.TotalSeconds:0} seconds, waits for the app's own limits included.",
            ModelCallResult.Misconfigured misconfigured => misconfigured.Message,
            ModelCallResult.Unreachable unreachable => unreachable.Message,
            ModelCallResult.RetryLater later =>
                $"{model.Setting(nameof(ModelOptions.Deployment))}: the endpoint has no room for requests to "
                    + $"'{model.Deployment}' at the moment. {later.IfGivenUp.Message} {WaitFor(later.After)}; if it stays so, raise the quota "
                    + "of the deployment or the account (tokens and requests a minute), or wait until other users of it are done.",
            ModelCallResult.Failed failed => failed.Message,
            _ => "The question was not sent.",
        };

    /// <summary>Why a model is not usable whose first question has no answer, and what to do.</summary>
    /// <param name="model">The model.</param>
    /// <param name="result">How the call ended; null where the probe's time was over first.</param>
    public static string ProblemOf(ModelOptions model, ModelCallResult? result) =>
        MessageOf(model, result)
        + result switch
        {
            ModelCallResult.Failed { Outcome: Outcome.Rejected } =>
                $" Nothing but a short text was sent to {model.Setting(nameof(ModelOptions.Endpoint))}. {model.Provider.AddressAdvice(model)}",
            ModelCallResult.Failed { Outcome: Outcome.ContentFiltered } =>
                $" The question is harmless: look at the content filter of deployment '{model.Deployment}', or of what stands before it.",
            _ => "",
        };

    /// <summary>Whether the question came to no end that says something of it, as with an endpoint that fails.</summary>
    /// <param name="result">How the call ended; null where the probe's time was over first.</param>
    public static bool IsFault(ModelCallResult? result) =>
        result
            is null
                or ModelCallResult.Unreachable
                or ModelCallResult.RetryLater
                or ModelCallResult.Failed { Outcome: Outcome.Exhausted or Outcome.TimedOut };

    private static string WaitFor(TimeSpan wait) =>
        wait <= TimeSpan.FromMinutes(1)
            ? "Wait a minute and try again"
            : FormattableString.Invariant($"It asks for a wait of {Math.Ceiling(wait.TotalMinutes):0} minutes or longer: try again then");

    /// <summary>Whether the endpoint took the question and refused it, so that it will again.</summary>
    private static bool IsRefusal(ModelCallResult? result) =>
        result is ModelCallResult.Misconfigured or ModelCallResult.Failed { Outcome: Outcome.Rejected };
}
