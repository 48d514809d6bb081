using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Tests.Models;
using FunctionsEval.Functions.Triggers;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Triggers;

public sealed class SpecCheckTests
{
    /// <summary>A metric may come as two, so its place in the spec is not its place among them.</summary>
    [Theory]
    [InlineData("""{"task":"generation","model":"m","metrics":["bleu",{"name":"judge","model":"m","labels":["a"]},{"name":"judge","model":"nobody","prefix":"b_","labels":["a"]}]}""", "unknown_model", "metrics[2].model")]
    [InlineData("""{"task":"generation","model":"m","metrics":[{"name":"judge","model":"m","labels":["a"]},{"name":"semantic_similarity","model":"m"}]}""", "invalid_spec", "metrics[1].model")]
    [InlineData("""{"task":"classification","model":"m","labels":["a","b"],"labelProbabilities":"exact","metrics":["log_loss"]}""", "invalid_spec", "Models__0__Api=Completions")]
    public async Task What_a_spec_names_is_told_by_its_place_with_the_fix(string spec, string code, string told)
    {
        await using CallHarness harness = await CallHarness.StartAsync();
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()));

        var failure = check.Read("evaluation.json", BinaryData.FromString(spec), out _);

        Assert.Equal(code, failure!.Code);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Chat", "accuracy")]
    [InlineData("Completions", "log_loss")]
    public async Task Exact_label_probabilities_need_completions_only_where_a_metric_needs_them(string api, string metric)
    {
        await using CallHarness harness = await CallHarness.StartAsync([("Models:0:Api", api)]);
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()));

        Assert.Null(check.Read(
            "evaluation.json",
            BinaryData.FromString($$"""{"task":"classification","model":"m","labels":["a","b"],"labelProbabilities":"exact","metrics":["{{metric}}"]}"""),
            out _));
    }
}
