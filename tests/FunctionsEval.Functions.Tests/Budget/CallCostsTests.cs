using System.Text.Json;
using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Budget;

public sealed class CallCostsTests
{
    [Fact]
    public async Task Costs_at_the_dearest_prices_do_not_overflow()
    {
        await using var harness = await StartAsync(price: "1000000");
        var costs = Create(harness, """{ "task": "generation", "model": "m", "sampling": { "maxOutputTokens": 1000000 } }""");

        // As many tokens as an endpoint can say, in many rows.
        var row = new EvaluatedSample
        {
            Id = "a",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = [],
            InputTokens = int.MaxValue,
            OutputTokens = int.MaxValue,
        };
        Assert.Equal(1000m * 2 * int.MaxValue, Enumerable.Repeat(row, 1000).Sum(costs.CostOf));
        Assert.InRange(
            costs.MaxCostOf(
                new Sample
                {
                    Id = "a",
                    Input = "one two three",
                    References = [],
                    Offset = 0,
                }
            ),
            1_000_000,
            1_000_100
        );
    }

    /// <summary>A row that a rubric does not fit gets no grade. Its answer is paid for nevertheless, and so it is reserved.</summary>
    [Fact]
    public async Task Sample_that_does_not_fit_a_rubric_costs_its_answer()
    {
        await using var harness = await StartAsync(price: "1000000");
        var costs = Create(
            harness,
            """
            { "task": "generation", "model": "m", "sampling": { "maxOutputTokens": 100 },
              "metrics": [{ "name": "judge", "model": "m", "labels": ["a", "b"], "pass": ["a"], "rubric": "{{ missing }} {{ answer }}" }] }
            """
        );

        Assert.InRange(
            costs.MaxCostOf(
                new Sample
                {
                    Id = "a",
                    Input = "one two three",
                    References = ["four"],
                    Offset = 0,
                    Fields = JsonDocument.Parse("""{"input":"one two three"}""").RootElement,
                }
            ),
            100,
            1_000
        );
    }

    /// <summary>An estimate before a run, of a machine without the app, is what the run itself reserves.</summary>
    [Theory]
    [InlineData("""{ "task": "generation", "model": "m", "prompt": { "system": "Be {{ input }}." }, "responseFormat": "json_object" }""")]
    [InlineData(
        """
            { "task": "classification", "model": "m", "labels": ["one", "two words"], "labelProbabilities": "exact",
              "metrics": ["accuracy", "log_loss"], "sampling": { "maxOutputTokens": 9 } }
            """
    )]
    [InlineData(
        """
            { "task": "generation", "model": "m",
              "metrics": [{ "name": "judge", "model": "m", "labels": ["a", "b"], "pass": ["a"], "rubric": "{{ input }} {{ reference }} {{ answer }}" },
                          { "name": "pairwise", "model": "m" }, { "name": "semantic_similarity", "model": "m" }] }
            """
    )]
    public async Task Tokens_that_are_counted_without_the_app_cost_what_the_app_reserves(string spec)
    {
        await using var harness = await StartAsync(price: "3");
        var sample = new Sample
        {
            Id = "a",
            Input = "one two three",
            References = ["four and five"],
            Offset = 0,
            Fields = JsonDocument.Parse("""{"input":"one two three"}""").RootElement,
        };

        var counted = new SampleCalls(SpecReader.Read(spec, "evaluation.json"), examples: null, new PromptTokens()).TokensOf(
            sample,
            Roles.Candidate
        );

        var prices = new TokenPrices(3, 3);
        Assert.Equal(
            Create(harness, spec).MaxCostOf(sample),
            counted.Graders.Values.Prepend(counted.Model).Sum(calls => prices.CostOf(calls.Input, calls.MaxOutput))
        );
    }

    [Fact]
    public async Task Finished_shard_has_cost_what_its_rows_have_cost()
    {
        await using var harness = await StartAsync(price: "0.15");
        var costs = Create(harness, """{ "task": "generation", "model": "m" }""");
        EvaluatedSample[] rows =
        [
            .. Enumerable
                .Range(1, 7)
                .Select(number => new EvaluatedSample
                {
                    Id = $"{number}",
                    Ordinal = number,
                    Line = number,
                    Offset = 0,
                    Outcome = Outcome.Scored,
                    References = [],
                    InputTokens = 13 * number,
                    OutputTokens = number,
                }),
        ];
        var shard = new ShardState
        {
            Outcomes = new OutcomeCounts(),
            Lines = 7,
            Requests = 7,
            Latency = new GeometricHistogram(),
            Examples = [],
            MalformedReasons = new Dictionary<string, int>(),
            InputTokens = rows.Sum(row => row.InputTokens),
            OutputTokens = rows.Sum(row => row.OutputTokens),
        };

        Assert.Equal(rows.Sum(costs.CostOf), costs.CostOf(shard));
    }

    private static Task<CallHarness> StartAsync(string price) =>
        CallHarness.StartAsync(
            [("Models:0:InputPricePerMillionTokens", price), ("Models:0:OutputPricePerMillionTokens", price)],
            Replies.Ok
        );

    private static CallCosts Create(CallHarness harness, string spec)
    {
        var manifest = new RunManifest
        {
            RunId = "run",
            Dataset = new DatasetVersion("a/test.jsonl", "1", 1),
            Format = JsonlFormat.Instance,
            Roles = [new RoleModel(Roles.Candidate, "m")],
            Shards = [],
            CodeVersion = "1",
        };
        var plan = new RunPlan(manifest, SpecReader.Read(spec, "evaluation.json"), training: null);
        return CallCosts.TryCreate(SampleRequests.CallsOf(plan, Roles.Candidate), harness.Registry, new TokenCounter())!;
    }
}
