using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What the tests of calls expect of a result.</summary>
internal static class CallResults
{
    /// <summary>The completion of a call that must have been answered.</summary>
    public static Completion Answered(ModelCallResult result) => Assert.IsType<ModelCallResult.Answered>(result).Completion;

    /// <summary>A call that must have failed so, with none of the prompt in its message.</summary>
    public static ModelCallResult.Failed AssertFailed(Outcome outcome, string reason, int attempts, ModelCallResult result)
    {
        var failed = Assert.IsType<ModelCallResult.Failed>(result);
        Assert.Equal((outcome, reason, attempts), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.DoesNotContain("SECRET", failed.Message, StringComparison.Ordinal);
        return failed;
    }

    /// <summary>A call that must have met a model that is away, and what its sample comes to if it is given up.</summary>
    public static ModelCallResult.Unreachable AssertAway(Outcome outcome, string reason, int attempts, ModelCallResult result)
    {
        var away = Assert.IsType<ModelCallResult.Unreachable>(result);
        AssertFailed(outcome, reason, attempts, away.IfGivenUp);
        Assert.StartsWith("Models__0__Endpoint: ", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", away.Message, StringComparison.Ordinal);
        return away;
    }

    /// <summary>An endpoint that says nothing until the attempt has timed out.</summary>
    public static async Task OutwaitAsync(HttpContext context, SkippingTime time)
    {
        time.Advance(CallHarness.Timeout);
        await UntilAbortedAsync(context);
    }

    /// <summary>Waits until the client has gone.</summary>
    public static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}
