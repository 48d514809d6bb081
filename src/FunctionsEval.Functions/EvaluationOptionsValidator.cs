using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions;

/// <summary>
/// Checks the models' time-outs against the function's: the last call that a function starts must end before the function does.
/// </summary>
internal sealed class EvaluationOptionsValidator(ModelRegistry models, FunctionTimeout function) : IValidateOptions<EvaluationOptions>
{
    /// <summary>Minimum of a function's time that must remain for starting calls.</summary>
    private static readonly TimeSpan MinCallingTime = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        if (function.Length == TimeSpan.MaxValue)
        {
            return ValidateOptionsResult.Success;
        }

        var max = function.Length - ShardTimes.Margin - MinCallingTime;
        var failures = models
            .Options.Where(model => model.Timeout > max)
            .Select(model =>
                $"{model.Setting(nameof(ModelOptions.Timeout))} is {model.Timeout:c}, "
                + $"which does not fit into functionTimeout ({function.Length:c}): "
                + "a call must end before the function that made it. "
                + $"Set it to at most {(max > TimeSpan.Zero ? max : TimeSpan.Zero):c}, "
                + "or raise functionTimeout in host.json (app setting AzureFunctionsJobHost__functionTimeout)."
            )
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
