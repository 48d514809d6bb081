using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>A row of a dataset, and what a model made of it.</summary>
/// <param name="Id">Its own id; null for none.</param>
/// <param name="Input">Its input.</param>
/// <param name="Label">Its reference.</param>
/// <param name="Prediction">The answer; null for one that timed out.</param>
/// <param name="Turn">Which trained turn of the row, from 1; 0 for the whole row.</param>
/// <param name="Turns">How many the row has.</param>
/// <param name="Repeat">Which answer to the row, from 1; 0 where it has one.</param>
/// <param name="Language">Its tag <c>language</c>; null for none.</param>
internal sealed record EvaluatedRow(
    string? Id,
    string Input,
    string Label,
    string? Prediction,
    int Turn = 0,
    int Turns = 0,
    int Repeat = 0,
    string? Language = null
);

/// <summary>Completed runs in memory, as the app leaves them.</summary>
internal sealed class EvaluatedRuns
{
    public const string Dataset = "suite/test.jsonl";

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private int _hours;

    public MemoryStorage Storage { get; } = new(new FakeTimeProvider());

    public MemoryTables Service { get; } = new();

    public RunBlobs Blobs => new(Storage.Blobs);

    public RunTables Tables => new(Service, new OpenRuns(Service));

    public EvaluationSpec Spec { get; set; } =
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["even", "odd"],
            Metrics = [new MetricSpec { Name = "accuracy" }],
            Intervals = new IntervalSpec { Replicates = 100 },
        };

    /// <summary>Adds a run that started an hour after the one before and took half an hour.</summary>
    public async Task AddAsync(string runId, IEnumerable<EvaluatedRow> rows, Func<Run, Run>? change = null, int shards = 2)
    {
        var (all, bytes) = (rows.ToList(), new StringBuilder());
        List<long> offsets = [];
        foreach (var row in all)
        {
            offsets.Add(row.Turn > 1 || row.Repeat > 1 ? offsets[^1] : bytes.Length);
            bytes.Append(CultureInfo.InvariantCulture, $"{row.Id} {row.Input} {row.Label}\n");
        }

        var perShard = Math.Max(1, (all.Count + shards - 1) / shards);
        var starts = Enumerable
            .Range(0, shards)
            .Where(shard => shard * perShard < all.Count)
            .Select(shard => offsets[shard * perShard])
            .Append(bytes.Length)
            .ToList();
        var manifest = new RunManifest
        {
            RunId = runId,
            Dataset = new DatasetVersion(Dataset, runId, bytes.Length, SpecHash.From(bytes.ToString())),
            Format = JsonlFormat.Instance,
            Roles = [new RoleModel(Roles.Candidate, "m")],
            Shards = [.. starts.Zip(starts.Skip(1)).Select((range, index) => new ShardRange(index, range.First, range.Second))],
            CodeVersion = "test",
        };
        var plan = new RunPlan(manifest, Spec, training: null);
        await Blobs.WriteManifestAsync(manifest, TestContext.Current.CancellationToken);
        await Blobs.WriteSpecAsync(runId, SpecReader.Canonical(Spec), TestContext.Current.CancellationToken);
        var logged = all.Select((row, index) => Log(plan, row, index, offsets[index])).ToList();
        foreach (var (shard, of) in logged.Chunk(perShard).Index())
        {
            var log = string.Concat(of.Select(row => JsonSerializer.Serialize(row, RunJson.Options) + "\n"));
            Storage.Write($"runs/{StorageNames.ShardLog(runId, Roles.Candidate, shard)}", Encoding.UTF8.GetBytes(log));
            var tally = new ShardTally(plan);
            foreach (var row in of)
            {
                tally.Add(row);
            }

            await Blobs.WriteShardStatisticsAsync(runId, Roles.Candidate, shard, tally.Statistics(), TestContext.Current.CancellationToken);
            await Blobs.WriteShardStateAsync(runId, Roles.Candidate, shard, tally.State(of.Length), TestContext.Current.CancellationToken);
        }

        var samples = string.Concat(
            logged.Select(row => JsonSerializer.Serialize(SampleResult.From(row, null, 0), RunJson.Options) + "\n")
        );
        Storage.Write($"runs/{runId}/samples.jsonl", Encoding.UTF8.GetBytes(samples));
        await IndexAsync(runId, all.Count(row => row.Prediction is not null), change);
    }

    private async Task IndexAsync(string runId, long counted, Func<Run, Run>? change)
    {
        var started = Start.AddHours(_hours++);
        var run = new Run
        {
            RunId = runId,
            Status = RunStatus.Completed,
            Dataset = Dataset,
            DatasetETag = runId,
            Suite = "suite",
            Model = "m",
            Started = started,
            Finished = started.AddMinutes(30),
            CandidateFigures = new ModelFigures { Outcomes = new OutcomeCounts { Scored = counted } },
        };
        run = change?.Invoke(run) ?? run;
        await Tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        await Tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
    }

    private static EvaluatedSample Log(RunPlan plan, EvaluatedRow row, int ordinal, long offset)
    {
        var id = row.Id ?? offset.ToString(CultureInfo.InvariantCulture);
        var sample = new Sample
        {
            Id = row.Turn > 0 ? new ConversationTurn(id, row.Turn, row.Turns).SampleId : id,
            Offset = offset,
            Input = row.Input,
            References = [row.Label],
        };
        return new EvaluatedSample
        {
            Id = sample.Id,
            Ordinal = ordinal,
            Line = ordinal + 1,
            Offset = offset,
            Outcome = row.Prediction is null ? Outcome.TimedOut : Outcome.Scored,
            Input = row.Input,
            References = sample.References,
            Content = plan.Contents.HashOf(sample),
            Prediction = row.Prediction,
            Turn = row.Turn,
            Turns = row.Turns,
            Repeat = row.Repeat,
            Tags = row.Language is null ? null : new Dictionary<string, string> { ["language"] = row.Language },
        };
    }
}
