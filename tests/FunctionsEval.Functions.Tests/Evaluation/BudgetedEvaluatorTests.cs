using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Samples under a cost ceiling, at a price of 1 a token.</summary>
public sealed class BudgetedEvaluatorTests : IDisposable
{
    private readonly MemoryTables _tables = new();
    private readonly SkippingTime _time = new();
    private readonly ShardFixture _shard = new("""{ "task": "generation", "model": "m", "sampling": { "maxOutputTokens": 1 } }""");

    [Fact]
    public async Task Sample_that_the_ceiling_does_not_allow_is_not_evaluated_and_the_run_stops()
    {
        var evaluator = new Scripted(new SampleEvaluation.Done(ShardFixture.Logged(0)));

        var result = await EvaluateAsync(evaluator, ceiling: 0.5m);

        Assert.Equal(RunFailure.OverBudget, Assert.IsType<SampleEvaluation.Interrupted>(result).Report.Failure);
        Assert.Equal(0, evaluator.Calls);
    }

    [Fact]
    public async Task Sample_costs_what_its_row_says_less_what_was_paid_before()
    {
        var before = ShardFixture.Logged(0) with { InputTokens = 2 };
        var evaluator = new Scripted(new SampleEvaluation.Done(before with { InputTokens = 7 }));

        await EvaluateAsync(evaluator, ceiling: 100, before);

        Assert.Equal(5m, Spent);
    }

    [Fact]
    public async Task What_was_paid_for_a_sample_that_was_interrupted_is_spent()
    {
        var paid = ShardFixture.Logged(0) with { OutputTokens = 4 };

        await EvaluateAsync(new Scripted(new SampleEvaluation.Interrupted(ShardReport.Incomplete(), paid)), ceiling: 100);

        Assert.Equal(4m, Spent);
    }

    [Fact]
    public async Task Fault_gives_back_what_was_reserved()
    {
        await Assert.ThrowsAsync<IOException>(() => EvaluateAsync(new Scripted(result: null), ceiling: 100));

        Assert.Equal(0m, Spent);
    }

    [Fact]
    public async Task Row_that_is_no_sample_needs_no_allowance()
    {
        var evaluator = new Scripted(new SampleEvaluation.Done(ShardFixture.Logged(0)));
        var row = new MalformedRow("invalid_json", "It is no JSON.", Column: 1)
        {
            Line = 1,
            Offset = 0,
            Ordinal = 0,
        };

        Assert.IsType<SampleEvaluation.Done>(await EvaluateAsync(evaluator, ceiling: 0, row: row));
    }

    public void Dispose() => _shard.Dispose();

    private decimal Spent => _tables.Table(StorageNames.RunsTable).Find("run", Key.Row)!.GetInt64("Spent")!.Value / 1_000_000_000m;

    private static BudgetKey Key { get; } = new("run", Roles.Candidate, 0);

    private async Task<SampleEvaluation> EvaluateAsync(
        Scripted evaluator,
        decimal ceiling,
        EvaluatedSample? before = null,
        DatasetRow? row = null
    )
    {
        await using var harness = CallHarness.Create(
            server: null,
            "http://127.0.0.1:1/v1",
            identity: null,
            ("Models:0:InputPricePerMillionTokens", "1000000"),
            ("Models:0:OutputPricePerMillionTokens", "1000000")
        );
        var costs = CallCosts.TryCreate(SampleRequests.CallsOf(_shard.Plan, Roles.Candidate), harness.Registry, new TokenCounter())!;
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var allowance = new CostAllowance(
            await ShardBudget.OpenAsync(
                new RunBudgets(new RunBudgetTable(_tables, _time), _time),
                Key,
                term: 1,
                ceiling,
                spent: 0,
                _time,
                cancellationToken
            ),
            costs
        );
        var attempt = new ShardAttempt(_shard.Work, _shard.Plan, CancellationToken.None);
        return await new BudgetedEvaluator(evaluator, allowance, attempt).EvaluateAsync(
            row ?? ShardFixture.Row(0),
            before,
            cancellationToken,
            cancellationToken
        );
    }

    /// <summary>Comes to a result, or fails.</summary>
    private sealed class Scripted(SampleEvaluation? result) : ISampleEvaluator
    {
        public int Calls { get; private set; }

        public Task<SampleEvaluation> EvaluateAsync(
            DatasetRow row,
            EvaluatedSample? logged,
            CancellationToken sendNoMore,
            CancellationToken cancellationToken
        )
        {
            Calls++;
            return result is null ? throw new IOException() : Task.FromResult(result);
        }
    }
}
