using System.Text.Json;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A value that an endpoint does not take ends the run by the spec's field, and two that exclude each other by both.</summary>
public sealed class RefusedValueTests
{
    /// <summary>Anthropic, TGI and vLLM say by the beginning of the text what it is about.</summary>
    [Theory]
    [InlineData(
        """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for this model"}}""",
        "max_tokens",
        "sampling.maxOutputTokens"
    )]
    [InlineData(
        """{"object":"error","message":"temperature must be strictly positive","type":"BadRequestError","param":null,"code":400}""",
        "temperature",
        "sampling.temperature"
    )]
    [InlineData("""{"error":{"message":"`top_p` must be in (0, 1]"}}""", "top_p", "sampling.topP")]
    public async Task Value_that_the_beginning_of_a_text_refuses_names_parameter_and_field(string refusal, string parameter, string field)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(400, refusal));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(new SamplingSpec { Temperature = 0.5, TopP = 0.9 }));

        Assert.Contains($"parameter '{parameter}'", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"Change {field} in the spec", failed.Message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    /// <summary>A judge is asked by its metric: <c>sampling</c> changes nothing of what it gets.</summary>
    [Theory]
    [InlineData("max_tokens", "max_output_tokens of metric 'judge'")]
    [InlineData("temperature", "model of metric 'judge'")]
    public async Task Value_that_a_judges_endpoint_refuses_is_told_by_the_metrics_option(string parameter, string field)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "invalid_value", parameter));

        var result = await harness.CallAsync("m", CallHarness.Request() with { Grader = "judge" }, TestContext.Current.CancellationToken);

        Assert.StartsWith($"{field}: ", Assert.IsType<ModelCallResult.Misconfigured>(result).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_tokens", "invalid_value", "sampling.maxOutputTokens")]
    [InlineData("temperature", "invalid_value", "sampling.temperature")]
    public async Task Value_that_every_request_has_and_the_endpoint_refuses_ends_the_run_by_the_specs_field(
        string parameter,
        string code,
        string field
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, code, parameter));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;

        Assert.StartsWith($"{field}: ", message, StringComparison.Ordinal);
        Assert.Contains($"parameter '{parameter}'", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData("You may only set one of temperature or top_p")]
    [InlineData("temperature and top_p are mutually exclusive")]
    [InlineData("Specify either `temperature` or `top_p`, but not both.")]
    [InlineData("temperature and top_p cannot be set at the same time")]
    [InlineData("Setting both temperature and top_p is not supported.")]
    [InlineData("Please use temperature or top_p, not both")]
    [InlineData("Cannot specify temperature when top_p is set")]
    public async Task Temperature_with_top_p_is_known_in_many_words(string message)
    {
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("temperature", out _) && ModelServer.BodyOf(context).TryGetProperty("top_p", out _)
                ? Replies.Json(400, JsonSerializer.Serialize(new { error = new { message } }))(context)
                : Replies.Ok(context)
        );

        Assert.Equal(["top_p"], CallResults.Answered(await harness.CallAsync(new SamplingSpec { Temperature = 0, TopP = 0.9 })).LeftOut);
    }

    [Theory]
    [InlineData(0.0, 0.9, "top_p")]
    [InlineData(0.7, 1.0, "top_p")]
    [InlineData(1.0, 0.9, "temperature")]
    [InlineData(0.7, 0.9, null)]
    public async Task Temperature_with_top_p_keeps_the_one_that_decides_and_is_an_error_where_both_do(
        double temperature,
        double topP,
        string? leftOut
    )
    {
        var refusal = Replies.Json(
            400,
            """{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` and `top_p` cannot both be specified for this model. Please use only one."}}"""
        );
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("temperature", out _) && ModelServer.BodyOf(context).TryGetProperty("top_p", out _)
                ? refusal(context)
                : Replies.Ok(context)
        );

        var result = await harness.CallAsync(new SamplingSpec { Temperature = temperature, TopP = topP });

        if (leftOut is null)
        {
            Assert.StartsWith(
                "sampling.temperature and sampling.topP: the endpoint of model 'm' does not take",
                Assert.IsType<ModelCallResult.Misconfigured>(result).Message,
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal([leftOut], CallResults.Answered(result).LeftOut);
        }
    }
}
