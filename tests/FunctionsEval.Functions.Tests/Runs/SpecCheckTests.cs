using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Runs;

public sealed class SpecCheckTests
{
    /// <summary>A metric may come as two, so its place in the spec is not its place among them.</summary>
    [Theory]
    [InlineData(
        """{"task":"generation","model":"m","metrics":["bleu",{"name":"judge","model":"m","labels":["a"]},{"name":"judge","model":"nobody","prefix":"b_","labels":["a"]}]}""",
        "unknown_model",
        "metrics[2].model"
    )]
    [InlineData(
        """{"task":"generation","model":"m","metrics":[{"name":"judge","model":"m","labels":["a"]},{"name":"semantic_similarity","model":"m"}]}""",
        "invalid_spec",
        "metrics[1].model"
    )]
    [InlineData(
        """{"task":"classification","model":"m","labels":["a","b"],"labelProbabilities":"exact","metrics":["log_loss"]}""",
        "invalid_spec",
        "Models__0__Api=Completions"
    )]
    [InlineData(
        """{"task":"generation","candidates":["m","nobody","no-one"],"baseline":"m"}""",
        "unknown_model",
        "candidates: models 'nobody', 'no-one' are not configured."
    )]
    [InlineData("""{"task":"generation","candidates":["m","nobody"]}""", "unknown_model", "candidates: model 'nobody' is not configured.")]
    [InlineData(
        """{"task":"generation","candidates":["m","tuned/*"]}""",
        "unknown_model",
        "candidates: model 'tuned/*' is a template. Name a deployment in place of the *, such as tuned/my-deployment."
    )]
    public async Task What_a_spec_names_is_told_by_its_place_with_the_fix(string spec, string code, string told)
    {
        await using var harness = await CallHarness.StartAsync();
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions()));

        var failure = check.Read("evaluation.json", BinaryData.FromString(spec), out _);

        Assert.Equal(code, failure!.Code);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The baseline's model may be gone, and its answers are paid.</summary>
    [Theory]
    [InlineData("run:latest", null)]
    [InlineData("run:latest:gone", null)]
    [InlineData("gone", "unknown_model")]
    public async Task Baseline_that_is_a_run_needs_no_model(string baseline, string? code)
    {
        await using var harness = await CallHarness.StartAsync();
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions()));

        var failure = check.Read(
            "evaluation.json",
            BinaryData.FromString($$"""{"task":"generation","model":"m","baseline":"{{baseline}}"}"""),
            out var spec
        );

        Assert.Equal(code, failure?.Code);
        Assert.Equal(baseline, spec!.Baseline);
    }

    /// <summary>Three sums a label and one more, each in every replicate: 6,001 × 2,795 is the last product below 2²⁴.</summary>
    [Theory]
    [InlineData(2_000, 2_795, null)]
    [InlineData(2_000, 2_796, "evaluation.json: intervals.replicates: must be at most 2795 ")]
    [InlineData(2_000, 10_000, "evaluation.json: intervals.replicates: must be at most 2795 ")]
    [InlineData(500, 10_000, null)]
    public async Task Labels_and_replicates_whose_sums_would_fill_the_memory_are_refused_with_what_fits(
        int labels,
        int replicates,
        string? told
    )
    {
        await using var harness = await CallHarness.StartAsync();
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions()));
        var names = string.Join(',', Enumerable.Range(0, labels).Select(label => $"\"{label}\""));

        var failure = check.Read(
            "evaluation.json",
            BinaryData.FromString(
                $$"""{"task":"classification","model":"m","labels":[{{names}}],"metrics":["mcc","cohen_kappa"],"intervals":{"replicates":{{replicates}}} }"""
            ),
            out _
        );

        Assert.Equal(told is null, failure is null);
        Assert.StartsWith(told ?? "", failure?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Chat", "accuracy")]
    [InlineData("Completions", "log_loss")]
    public async Task Exact_label_probabilities_need_completions_only_where_a_metric_needs_them(string api, string metric)
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", api)]);
        var check = new SpecCheck(harness.Registry, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions()));

        Assert.Null(
            check.Read(
                "evaluation.json",
                BinaryData.FromString(
                    $$"""{"task":"classification","model":"m","labels":["a","b"],"labelProbabilities":"exact","metrics":["{{metric}}"]}"""
                ),
                out _
            )
        );
    }
}
