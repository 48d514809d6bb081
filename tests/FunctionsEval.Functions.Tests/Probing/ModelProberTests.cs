using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.Probing;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Probing;

/// <summary>What a probe finds of endpoints that answer.</summary>
public sealed class ModelProberTests
{
    private static readonly (string, string)[] Prices =
    [
        ("Models:0:InputPricePerMillionTokens", "2"),
        ("Models:0:OutputPricePerMillionTokens", "8"),
    ];

    [Fact]
    public async Task Endpoint_with_every_feature_lacks_only_what_its_api_has_not()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var probe = await harness.ProbeAsync();

        Assert.True(probe.IsUsable);
        Assert.Null(probe.Problem);
        Assert.Equal(
            [ProbeFeature.ScoredText, ProbeFeature.ScoredChoices],
            probe.Findings.Where(finding => finding.State != ProbeState.Works).Select(finding => finding.Feature)
        );
        Assert.Equal(("tuned-1", "fp_1"), (probe.AnsweringModel, probe.SystemFingerprint));
        Assert.NotNull(probe.FirstTokenMilliseconds);
        Assert.Equal("max_tokens", DetailOf(probe, ProbeFeature.MaxTokens));
        Assert.Equal(["x-ratelimit-remaining-requests"], probe.LimitHeaders.Keys);
        Assert.Equal(["language_modelling", "multiple_choice", "preference_likelihood"], probe.RuledOut.SelectMany(ruled => ruled.Tasks));
    }

    [Fact]
    public async Task Responses_api_lacks_what_it_has_not_and_is_never_asked_for_it()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(
            new CapableResponses(endpoint).AnswerAsync,
            [.. Prices, ("Models:0:Api", "Responses"), ("Models:0:CachedInputPricePerMillionTokens", "1")]
        );

        var probe = await harness.ProbeAsync();

        Assert.True(probe.IsUsable, probe.Problem);
        Assert.Equal(
            [
                (ProbeFeature.Seed, ProbeState.Missing),
                (ProbeFeature.Stop, ProbeState.Differs),
                (ProbeFeature.ScoredText, ProbeState.Missing),
                (ProbeFeature.ScoredChoices, ProbeState.Missing),
                (ProbeFeature.LimitHeaders, ProbeState.Missing),
            ],
            probe.Findings.Where(finding => finding.State != ProbeState.Works).Select(finding => (finding.Feature, finding.State))
        );
        Assert.Equal("max_output_tokens", DetailOf(probe, ProbeFeature.MaxTokens));
        Assert.All(harness.Ledger, request => Assert.Equal("/v1/responses", request.PathAndQuery));
        Assert.Equal(harness.Ledger.Count, probe.Used.Requests);
        // Of each prompt one token is cached, at half the price.
        Assert.Equal(((endpoint.InputTokens * 2m) - harness.Ledger.Count + (endpoint.OutputTokens * 8m)) / 1_000_000, probe.Used.Cost);
    }

    [Fact]
    public async Task What_a_probe_takes_is_what_the_endpoint_billed_and_within_the_plan()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var probe = await harness.ProbeAsync();

        Assert.Equal((endpoint.InputTokens, endpoint.OutputTokens), ((int)probe.Used.InputTokens, (int)probe.Used.OutputTokens));
        Assert.Equal(((endpoint.InputTokens * 2m) + (endpoint.OutputTokens * 8m)) / 1_000_000, probe.Used.Cost);
        Assert.Equal(harness.Ledger.Count, probe.Used.Requests);
        Assert.InRange(probe.Used.Requests, 1, probe.Plan.Questions);
        Assert.True(probe.Used.Cost < probe.Plan.AtMost.Cost);
        Assert.All(harness.Ledger, request => Assert.InRange(request.Body.GetProperty("max_tokens").GetInt32(), 1, ProbeLimits.CallTokens));
    }

    [Theory]
    [InlineData("stream", ProbeFeature.Streaming, ProbeState.Missing)]
    [InlineData("seed", ProbeFeature.Seed, ProbeState.Missing)]
    [InlineData("stop", ProbeFeature.Stop, ProbeState.Differs)]
    [InlineData("logprobs", ProbeFeature.LogProbabilities, ProbeState.Missing)]
    [InlineData("logprobs", ProbeFeature.LabelProbabilities, ProbeState.Missing)]
    [InlineData("temperature", ProbeFeature.Temperature, ProbeState.Missing)]
    [InlineData("tools", ProbeFeature.Tools, ProbeState.Missing)]
    [InlineData("response_format", ProbeFeature.JsonObject, ProbeState.Missing)]
    [InlineData("response_format", ProbeFeature.JsonSchema, ProbeState.Missing)]
    public async Task Parameter_that_is_refused_is_a_feature_that_is_missing(string parameter, ProbeFeature feature, ProbeState expected)
    {
        var endpoint = new CapableEndpoint();
        endpoint.Refuses.Add(parameter);
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var probe = await harness.ProbeAsync();

        Assert.Equal(expected, StateOf(probe, feature));
        Assert.True(probe.IsUsable);
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.Answer));
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.Images));
    }

    [Theory]
    [InlineData("stream", ProbeFeature.Streaming, ProbeState.Missing)]
    [InlineData("seed", ProbeFeature.Seed, ProbeState.Differs)]
    [InlineData("stop", ProbeFeature.Stop, ProbeState.Missing)]
    [InlineData("logprobs", ProbeFeature.LogProbabilities, ProbeState.Missing)]
    [InlineData("top_logprobs", ProbeFeature.LabelProbabilities, ProbeState.Missing)]
    [InlineData("tools", ProbeFeature.Tools, ProbeState.Missing)]
    [InlineData("tools", ProbeFeature.ParallelTools, ProbeState.Missing)]
    [InlineData("response_format", ProbeFeature.JsonObject, ProbeState.Missing)]
    [InlineData("response_format", ProbeFeature.JsonSchema, ProbeState.Missing)]
    public async Task Parameter_that_is_taken_and_ignored_is_found_out(string parameter, ProbeFeature feature, ProbeState expected)
    {
        var endpoint = new CapableEndpoint();
        endpoint.Ignores.Add(parameter);
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        Assert.Equal(expected, StateOf(await harness.ProbeAsync(), feature));
    }

    [Fact]
    public async Task Missing_log_probabilities_rule_out_the_metrics_that_need_them()
    {
        var endpoint = new CapableEndpoint();
        endpoint.Refuses.Add("logprobs");
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var probe = await harness.ProbeAsync();

        Assert.Equal(["self_perplexity"], RuledOut(probe, ProbeFeature.LogProbabilities).Metrics);
        Assert.Equal(
            ["average_precision", "brier", "calibration", "log_loss", "roc_auc", "top_k_accuracy"],
            RuledOut(probe, ProbeFeature.LabelProbabilities).Metrics
        );
    }

    [Fact]
    public async Task Missing_tools_rule_out_the_task_of_calls_and_its_metrics()
    {
        var endpoint = new CapableEndpoint();
        endpoint.Refuses.Add("tools");
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var ruledOut = RuledOut(await harness.ProbeAsync(), ProbeFeature.Tools);

        Assert.Equal(["tool_calls"], ruledOut.Tasks);
        Assert.Contains("tool_validity", ruledOut.Metrics);
        Assert.DoesNotContain("exact_match", ruledOut.Metrics);
    }

    [Fact]
    public async Task Limits_of_a_feature_are_told()
    {
        var endpoint = new CapableEndpoint { MaxTop = 5, MaxCalls = 1 };
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync);

        var probe = await harness.ProbeAsync();

        Assert.StartsWith("The 5 likeliest tokens", DetailOf(probe, ProbeFeature.LabelProbabilities), StringComparison.Ordinal);
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.Tools));
        Assert.Equal(ProbeState.Missing, StateOf(probe, ProbeFeature.ParallelTools));
    }

    [Fact]
    public async Task Roles_that_are_refused_are_told_apart()
    {
        var developer = new CapableEndpoint();
        developer.RefusedRoles.Add("developer");
        var system = new CapableEndpoint();
        system.RefusedRoles.Add("system");
        await using var first = await ProbeHarness.StartAsync(developer.AnswerAsync);
        await using var second = await ProbeHarness.StartAsync(system.AnswerAsync);

        var (withoutDeveloper, withoutSystem) = (await first.ProbeAsync(), await second.ProbeAsync());

        Assert.Equal(
            (ProbeState.Works, ProbeState.Missing),
            (StateOf(withoutDeveloper, ProbeFeature.SystemRole), StateOf(withoutDeveloper, ProbeFeature.DeveloperRole))
        );
        Assert.Equal(
            (ProbeState.Differs, ProbeState.Works),
            (StateOf(withoutSystem, ProbeFeature.SystemRole), StateOf(withoutSystem, ProbeFeature.DeveloperRole))
        );
    }

    [Fact]
    public async Task Model_that_sees_no_images_lacks_them_and_nothing_else()
    {
        var endpoint = new CapableEndpoint { SeesImages = false };
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync);

        var probe = await harness.ProbeAsync();

        Assert.Equal(ProbeState.Missing, StateOf(probe, ProbeFeature.Images));
        Assert.StartsWith(
            "Models__0__Deployment: model 'm' takes no images",
            DetailOf(probe, ProbeFeature.Images),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Reasoning_model_is_asked_with_room_for_its_reasoning_and_by_the_name_it_takes()
    {
        var endpoint = new CapableEndpoint { ReasoningTokens = 300 };
        endpoint.Refuses.UnionWith(["max_tokens", "temperature"]);
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync);

        var probe = await harness.ProbeAsync();

        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.Answer));
        Assert.Equal("max_completion_tokens", DetailOf(probe, ProbeFeature.MaxTokens));
        Assert.Equal(ProbeState.Missing, StateOf(probe, ProbeFeature.Temperature));
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.Tools));
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.JsonSchema));
    }

    [Fact]
    public async Task Endpoint_that_counts_no_tokens_rules_out_the_cost()
    {
        var endpoint = new CapableEndpoint { CountsTokens = false };
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, Prices);

        var probe = await harness.ProbeAsync();

        Assert.Equal(["cost"], RuledOut(probe, ProbeFeature.Usage).Metrics);
        Assert.DoesNotContain(probe.Findings, finding => finding.Feature == ProbeFeature.Prices);
    }

    [Fact]
    public async Task Completions_with_echo_can_do_what_chat_cannot_and_the_reverse()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, ("Models:0:Api", "Completions"));

        var probe = await harness.ProbeAsync();

        Assert.True(probe.IsUsable);
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.ScoredText));
        Assert.Equal(ProbeState.Works, StateOf(probe, ProbeFeature.ScoredChoices));
        Assert.Equal(ProbeState.Differs, StateOf(probe, ProbeFeature.SystemRole));
        Assert.Equal(["tool_calls"], probe.RuledOut.SelectMany(ruled => ruled.Tasks));
        Assert.StartsWith("Models__0__Api: ", DetailOf(probe, ProbeFeature.Tools), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_can_be_scored_by_themselves_where_only_the_likeliest_tokens_are_missing()
    {
        var endpoint = new CapableEndpoint { MaxTop = 0 };
        endpoint.Ignores.Add("logprobs");
        await using var echoless = await ProbeHarness.StartAsync(endpoint.AnswerAsync, ("Models:0:Api", "Completions"));

        // Without log probabilities nothing is scored either.
        Assert.Contains("brier", RuledOut(await echoless.ProbeAsync(), ProbeFeature.LabelProbabilities).Metrics);

        var findings = new[]
        {
            new ProbeFinding(ProbeFeature.LabelProbabilities, ProbeState.Missing),
            new ProbeFinding(ProbeFeature.ScoredChoices, ProbeState.Works),
        };
        var consequence = Assert.Single(ProbeConsequences.From(echoless.Model().Options, findings));
        Assert.Empty(consequence.Metrics);
        Assert.Contains("\"exact\"", consequence.Instead, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_of_vectors_is_usable_and_evaluates_nothing()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, ("Models:0:Api", "Embeddings"));

        var probe = await harness.ProbeAsync();

        Assert.True(probe.IsUsable);
        Assert.Equal("7 numbers a text.", DetailOf(probe, ProbeFeature.Embeddings));
        Assert.Equal(Core.Tasks.TaskCatalog.Names.Order(), probe.RuledOut.SelectMany(ruled => ruled.Tasks).Order());
        Assert.Single(harness.Ledger);
    }

    [Fact]
    public async Task Other_model_that_answers_is_told()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(async context =>
        {
            if (ModelServer.BodyOf(context).TryGetProperty("stream", out _))
            {
                await endpoint.AnswerAsync(context);
                return;
            }

            await Replies.Json(200, Replies.Answer.Replace("\"id\"", "\"model\":\"other\",\"id\"", StringComparison.Ordinal))(context);
        });

        Assert.Equal("'other' answered, and 'tuned-1' was asked for.", DetailOf(await harness.ProbeAsync(), ProbeFeature.Answer));
    }

    [Fact]
    public async Task What_a_probe_finds_out_changes_no_request_of_a_run()
    {
        var endpoint = new CapableEndpoint();
        endpoint.Refuses.UnionWith(["max_tokens", "seed", "logprobs"]);
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync);

        await harness.ProbeAsync();

        Assert.Equal(Quirks.None, harness.Model().Quirks.Current);
        Assert.False(harness.Model().Health.WasEverReached);
    }

    [Fact]
    public async Task Template_s_model_is_asked_by_the_deployment_of_its_name()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(
            endpoint.AnswerAsync,
            ("Models:0:Name", "tuned/*"),
            ("Models:0:Deployment", "*")
        );

        var probe = await harness.ProbeAsync("tuned/ft-1");

        Assert.Equal(("tuned/ft-1", "ft-1"), (probe.Plan.Model, probe.Plan.Deployment));
        Assert.All(harness.Ledger, request => Assert.Equal("ft-1", request.Body.GetProperty("model").GetString()));
    }

    private static ProbeState StateOf(ModelProbe probe, ProbeFeature feature) => FindingOf(probe, feature).State;

    private static string? DetailOf(ModelProbe probe, ProbeFeature feature) => FindingOf(probe, feature).Detail;

    private static ProbeFinding FindingOf(ModelProbe probe, ProbeFeature feature) =>
        probe.Findings.Single(finding => finding.Feature == feature);

    private static ProbeConsequence RuledOut(ModelProbe probe, ProbeFeature feature) =>
        probe.RuledOut.Single(consequence => consequence.Missing == feature);
}
