using System.Collections.Concurrent;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>The parts of one call of <c>EvaluateShard</c> over numbered rows, with a log, a clock and a model that are made up.</summary>
internal sealed class ShardFixture : IDisposable
{
    private readonly SampleIsolation _isolation = new();

    public ShardFixture(
        string spec = """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"] }""",
        int? repeatsFailedSince = null
    ) => Plan = new RunPlan(Manifest(repeatsFailedSince), SpecReader.Read(spec, "evaluation.json"), training: null);

    public RunPlan Plan { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeShardLog Log { get; } = new();

    public ShardWork Work { get; set; } = new("run", Roles.Candidate, 0, DateTime.MaxValue, Resumption: 0, IsSettling: false);

    /// <summary>Answers a request about a row, by its number.</summary>
    public Func<int, CancellationToken, Task<ModelCallResult>> Model { get; set; } = (row, _) => Task.FromResult(Right(row));

    public bool IsModelAway { get; set; }

    /// <summary>Rows that the model was asked about, in that order.</summary>
    public ConcurrentQueue<int> Asked { get; } = new();

    /// <summary>Evaluates the shard in one call.</summary>
    public async Task<(ShardAttempt Attempt, ShardTally Tally, int Suspects)> RunAsync(
        int rows,
        int concurrency = 1,
        CancellationToken hostStops = default
    )
    {
        using var times = new ShardTimes(
            Plan,
            Work,
            new EvaluationOptions(),
            new FunctionTimeout(TimeSpan.MaxValue),
            maxCallTime: TimeSpan.Zero,
            Time,
            hostStops
        );
        var attempt = new ShardAttempt(Work, Plan, times.SendNoMore);
        var tally = new ShardTally(Plan);
        ModelCall call = async (_, request, sendNoMore, _) =>
        {
            var row = int.Parse(request.Messages[0].Content);
            Asked.Enqueue(row);
            return await Model(row, sendNoMore);
        };
        HttpGraderCall askHttp = (_, _, _, _) => throw new InvalidOperationException("There is no HTTP grader.");
        var evaluator = new SampleEvaluator(Plan, Work.Role, Work.GivesUp ? call.GivingUp() : call, askHttp);
        var evaluation = new ShardEvaluation(
            Work,
            Plan,
            Log,
            evaluator,
            attempt,
            times,
            _isolation,
            tally,
            () => IsModelAway,
            areSlotsFree: () => true,
            new ShardTurns(TimeProvider.System)
        );
        await evaluation.RunAsync(Enumerable.Range(0, rows).Select(Row).ToAsyncEnumerable(), concurrency);
        return (attempt, tally, evaluation.Suspects);
    }

    /// <summary>The log's row of a sample.</summary>
    public static EvaluatedSample Logged(int row, Outcome outcome = Outcome.Scored) =>
        new()
        {
            Id = $"n{row}",
            Ordinal = row,
            Line = row + 1,
            Offset = row * 10,
            Outcome = outcome,
            Text = Label(row),
            Prediction = Label(row),
            References = [Label(row)],
        };

    public static ModelCallResult Right(int row) =>
        new ModelCallResult.Answered(
            new Completion
            {
                Text = Label(row),
                FinishReason = "stop",
                InputTokens = 10,
                OutputTokens = 2,
            }
        );

    public static ModelCallResult Away { get; } =
        new ModelCallResult.Unreachable("away", new ModelCallResult.Failed(Outcome.Exhausted, "connection_failed", "away", Attempts: 3));

    public void Dispose() => _isolation.Dispose();

    public static DatasetRow Row(int number) =>
        new ValidRow(
            new Sample
            {
                Id = $"n{number}",
                Offset = number * 10,
                Input = $"{number}",
                References = [Label(number)],
            }
        )
        {
            Line = number + 1,
            Offset = number * 10,
            Ordinal = number,
        };

    private static string Label(int row) => row % 2 == 0 ? "even" : "odd";

    private static RunManifest Manifest(int? repeatsFailedSince) =>
        new()
        {
            RunId = "run",
            Dataset = new DatasetVersion("s/test.jsonl", "1", 1000),
            Format = JsonlFormat.Instance,
            Roles = [new RoleModel(Roles.Candidate, "m")],
            Shards = [],
            CodeVersion = "1",
            RepeatsFailedSince = repeatsFailedSince,
        };
}
