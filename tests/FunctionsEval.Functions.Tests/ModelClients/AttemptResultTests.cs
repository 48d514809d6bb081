using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Throttling;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What an attempt's end says to the limiter, the health of the model and the tokens that are counted.</summary>
public sealed class AttemptResultTests
{
    [Fact]
    public void Answer_and_refusal_of_the_request_are_served()
    {
        var answered = new ModelCallResult.Answered(
            new Completion
            {
                Text = "",
                FinishReason = "stop",
                InputTokens = 3,
                OutputTokens = 4,
            }
        );

        Assert.Equal((SlotResult.Served, RequestEnd.Served, 7), Read(new AttemptResult.Ended(answered)));
        Assert.Equal((SlotResult.Served, RequestEnd.Served, 0), Read(new AttemptResult.Refused(EndpointErrorReader.Read(400, "no"))));
        Assert.Equal(
            (SlotResult.Served, RequestEnd.Served, 2),
            Read(
                new AttemptResult.Ended(
                    new ModelCallResult.Failed(Outcome.Rejected, "r", "m", Attempts: 1) { InputTokens = 1, OutputTokens = 1 }
                )
            )
        );
    }

    [Fact]
    public void Misconfiguration_says_nothing_of_the_models_health() =>
        Assert.Equal(
            (SlotResult.Served, RequestEnd.Silent, 0),
            Read(new AttemptResult.Ended(new ModelCallResult.Misconfigured("Models__0__Deployment: there is none.")))
        );

    [Theory]
    [InlineData((int)TransientFault.Throttled, (int)SlotResult.Throttled, (int)RequestEnd.Silent)]
    [InlineData((int)TransientFault.Overloaded, (int)SlotResult.Throttled, (int)RequestEnd.Failed)]
    [InlineData((int)TransientFault.Unusable, (int)SlotResult.Served, (int)RequestEnd.Failed)]
    [InlineData((int)TransientFault.Broken, (int)SlotResult.Unknown, (int)RequestEnd.Failed)]
    [InlineData((int)TransientFault.Denied, (int)SlotResult.Unknown, (int)RequestEnd.Failed)]
    [InlineData((int)TransientFault.TimedOut, (int)SlotResult.Unknown, (int)RequestEnd.Failed)]
    public void Transient_fault_says_what_the_endpoint_lacks(int fault, int slot, int end) =>
        Assert.Equal(
            ((SlotResult)slot, (RequestEnd)end, 5),
            Read(new AttemptResult.Transient((TransientFault)fault, "r") { Tokens = new BilledTokens(2, 3) })
        );

    [Fact]
    public void Tokens_of_earlier_attempts_are_added_to_what_is_given_up_too()
    {
        var failed = new ModelCallResult.Failed(Outcome.Exhausted, "r", "m", Attempts: 2) { InputTokens = 1 };
        var earlier = new BilledTokens(10, 20);

        var later = new ModelCallResult.RetryLater(TimeSpan.Zero, failed).Add(earlier);
        var away = new ModelCallResult.Unreachable("m", failed).Add(earlier);

        Assert.Equal(new BilledTokens(11, 20), later.IfGivenUp.Billed);
        Assert.Equal(new BilledTokens(11, 20), away.IfGivenUp.Billed);
    }

    private static (SlotResult, RequestEnd, int) Read(AttemptResult result) => (result.Slot, result.End, result.Billed.Total);
}
