using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Calls a model, as <see cref="ModelCaller"/> does.</summary>
/// <param name="model">The model's configured name.</param>
/// <param name="request">What it is asked.</param>
/// <param name="sendNoMore">Stops before an attempt; one that was sent is paid for and waited for.</param>
/// <param name="cancellationToken">Stops at once.</param>
internal delegate Task<ModelCallResult> ModelCall(
    string model,
    ModelRequest request,
    CancellationToken sendNoMore,
    CancellationToken cancellationToken
);

/// <summary>Ways to call a model.</summary>
internal static class ModelCalls
{
    /// <summary>The same call when the run no longer waits for the model: a call that is not served has failed.</summary>
    public static ModelCall GivingUp(this ModelCall call) =>
        async (model, request, sendNoMore, cancellationToken) =>
            GivenUp(await call(model, request, sendNoMore, cancellationToken))
            ?? throw new InvalidOperationException("A call has a result.");

    /// <summary>The same call of an HTTP grader when the run no longer waits for it.</summary>
    public static HttpGraderCall GivingUp(this HttpGraderCall call) =>
        async (spec, answer, sendNoMore, cancellationToken) =>
        {
            var (grade, stopped) = await call(spec, answer, sendNoMore, cancellationToken);
            return (grade, GivenUp(stopped));
        };

    private static ModelCallResult? GivenUp(ModelCallResult? result) =>
        result switch
        {
            ModelCallResult.Unreachable unreachable => unreachable.IfGivenUp,
            ModelCallResult.RetryLater later => later.IfGivenUp,
            _ => result,
        };
}
