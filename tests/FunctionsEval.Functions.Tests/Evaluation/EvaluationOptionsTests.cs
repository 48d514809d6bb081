using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Settings that do not fit each other keep the app from starting.</summary>
public sealed class EvaluationOptionsTests
{
    [Theory]
    [InlineData("00:05:00", true)]
    [InlineData("00:28:00", true)]
    [InlineData("00:28:01", false)]
    public void Model_whose_time_out_does_not_fit_into_a_function_keeps_the_app_from_starting(string timeout, bool fits)
    {
        var model = new ModelOptions
        {
            Name = "m",
            Section = "0",
            Endpoint = new Uri("http://127.0.0.1"),
            Deployment = "d",
            Timeout = TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture),
        };
        var validator = new EvaluationOptionsValidator(
            new ModelRegistry([model], _ => throw new NotSupportedException()),
            new FunctionTimeout(TimeSpan.FromMinutes(30))
        );

        var result = validator.Validate(Options.DefaultName, new EvaluationOptions());

        Assert.Equal(fits, result.Succeeded);
        if (!fits)
        {
            Assert.Contains("Models__0__Timeout", result.FailureMessage, StringComparison.Ordinal);
            Assert.Contains("AzureFunctionsJobHost__functionTimeout", result.FailureMessage, StringComparison.Ordinal);
        }
    }
}
