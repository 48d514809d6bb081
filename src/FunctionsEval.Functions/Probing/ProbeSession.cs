using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.Probing;

/// <summary>A question that was asked.</summary>
/// <param name="Result">How the call ended; null where the probe's time was over first.</param>
/// <param name="Quirks">What is known of the endpoint's parameters after it.</param>
internal sealed record AskedQuestion(ModelCallResult? Result, Quirks Quirks)
{
    /// <summary>The answer; null for none.</summary>
    public Completion? Answer => (Result as ModelCallResult.Answered)?.Completion;
}

/// <summary>A probe of one model under way: asks its questions one after the other and adds up what they take.</summary>
/// <param name="model">The model as runs call it, whose limits hold here too.</param>
/// <param name="createCaller">Creates what calls a model that is the probe's own.</param>
/// <param name="ended">Ends the probe: its time is over, or nobody waits for it.</param>
internal sealed class ProbeSession(ConfiguredModel model, Func<ConfiguredModel, ModelCaller> createCaller, CancellationToken ended)
{
    private readonly ModelHealth _health = new();
    private BilledTokens _billed;

    /// <summary>The settings by which the questions are sent.</summary>
    public ModelOptions Options { get; } =
        model.Options.Timeout <= ProbeLimits.Attempt ? model.Options : model.Options with { Timeout = ProbeLimits.Attempt };

    /// <summary>What the first answer showed of the endpoint's parameters. Each later question begins with it alone.</summary>
    public Quirks Known { get; set; }

    /// <summary>What the endpoint's headers say.</summary>
    public ResponseLog Responses { get; } = new();

    /// <summary>What the probe has taken so far.</summary>
    public ProbeUse Used =>
        new(
            Responses.Requests,
            _billed.Input,
            _billed.Output,
            model.Options.Prices?.CostOf(_billed.Input, _billed.Output, _billed.CachedInput)
        );

    /// <summary>Asks one question.</summary>
    /// <param name="request">What is asked.</param>
    public async Task<AskedQuestion> AskAsync(ModelRequest request)
    {
        var own = model.Separate(Options, _health, Known, Responses);
        try
        {
            var result = await createCaller(own).CallAsync(Options.Name, request, ended, ended);
            _billed += BilledFor(result);
            return new AskedQuestion(result, own.Quirks.Current);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return new AskedQuestion(null, own.Quirks.Current);
        }
    }

    private static BilledTokens BilledFor(ModelCallResult result) =>
        result switch
        {
            ModelCallResult.Unreachable unreachable => unreachable.IfGivenUp.Billed,
            ModelCallResult.RetryLater later => later.IfGivenUp.Billed,
            _ => result.Billed,
        };
}
