using System.Diagnostics.CodeAnalysis;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>A run's spec and manifest, and what is built from them once: prompts, parser, metrics.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The source has no timer and links nothing, so it holds nothing to give back; "
        + "its plan lives as long as calls may look at it."
)]
internal sealed class RunPlan
{
    private static readonly TimeSpan CancelChecks = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, int> _labels;
    private RunFailure? _stopped;
    private long _lastCheck;

    public RunPlan(RunManifest manifest, EvaluationSpec spec, TrainingRows? training)
    {
        Manifest = manifest;
        Spec = spec;
        Training = training;
        Prompts = new PromptRenderer(spec.Prompt, training?.Examples);
        Contents = new SampleContent(spec.Prompt);
        Parser = spec.CreateParser();
        Measurer = new RowMeasurer(spec);
        _labels = spec.Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
    }

    public RunManifest Manifest { get; }

    /// <summary>What tells this planning and resumption of the run from others; empty where nothing is kept for it.</summary>
    public string Planning { get; init; } = "";

    public EvaluationSpec Spec { get; }

    /// <summary>The training rows of the model; null when they are not known.</summary>
    public TrainingRows? Training { get; }

    public PromptRenderer Prompts { get; }

    /// <summary>Hashes the content of samples.</summary>
    public SampleContent Contents { get; }

    public AnswerParser Parser { get; }

    public RowMeasurer Measurer { get; }

    /// <summary>Why no further call should be made for this run, as found by one shard; null while there is no reason.</summary>
    public RunFailure? Stopped => Volatile.Read(ref _stopped);

    /// <summary>Cancelled when the run is stopped. Waiting requests are not sent, and sent requests are waited for.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Stops every shard of the run in this process from starting further calls.</summary>
    public void Stop(RunFailure reason)
    {
        if (Interlocked.CompareExchange(ref _stopped, reason, null) is null)
        {
            _stopping.Cancel();
        }
    }

    /// <summary>Whether to check now if the run's cancellation was requested: every two seconds, for all shards together.</summary>
    public bool MayCheckCancel(TimeProvider time)
    {
        var last = Volatile.Read(ref _lastCheck);
        return (last == 0 || time.GetElapsedTime(last) >= CancelChecks)
            && Interlocked.CompareExchange(ref _lastCheck, time.GetTimestamp(), last) == last;
    }

    /// <summary>Which of a sample's answers a row that was handed out asks for, from 1; 0 where each sample has one.</summary>
    public int RepeatOf(DatasetRow row) => Spec.Repeats > 1 && row is ValidRow ? (row.Ordinal % Spec.Repeats) + 1 : 0;

    public string ModelOf(string role) => Manifest.Roles.Single(model => model.Role == role).Model;

    /// <summary>Whether a role's answers are those of an earlier run, so that nothing is called or paid for it.</summary>
    public bool IsStored(string role) => role == Roles.Baseline && Manifest.BaselineRun is not null;

    /// <summary>Whether a shard's answers are compared with the baseline's, which must be finished first.</summary>
    public bool IsComparedWithBaseline(ShardWork work) => Manifest.BaselineFirst && work is { Role: Roles.Candidate, IsSettling: false };

    /// <summary>How the rows of a shard are read.</summary>
    public DatasetReadOptions ReadOptions(int shard) => Spec.ReadOptions(Manifest.Format, Manifest.Shards[shard].Start, Manifest.CsvHeader);

    /// <summary>
    /// What a logged row contributes to the metrics. Depends on the row alone, so that a resumed run gives the same numbers.
    /// </summary>
    public SampleStatistics Measure(EvaluatedSample row) =>
        new(row.Ordinal, row.Outcome, Scoreboard.SampleKey(row.RowId, row.Offset), Measurer.SlicesOf(row), Measurer.Measure(row))
        {
            Identity = SampleIdentity.From(row),
            Turn = row.Turn,
            Turns = row.Turns,
            IsRight = row.IsRight,
            Label = row.References.Count > 0 ? _labels.GetValueOrDefault(row.References[0], -1) : -1,
        };
}

/// <summary>
/// Plans of the runs this process works on. Each plan is read from the run's blobs once per planning. Planning writes a new manifest, so a
/// run that was resumed, or deleted and started again, does not use the previous plan (its shards, its stop).
/// </summary>
internal sealed class RunPlans(RunBlobs blobs)
{
    private const int Kept = 16;

    private readonly Lock _lock = new();

    /// <summary>The plan that was used last comes first.</summary>
    private readonly LinkedList<Entry> _plans = [];

    public async Task<RunPlan> GetAsync(string runId, int resumption, CancellationToken cancellationToken)
    {
        var version = await blobs.ManifestVersionAsync(runId, cancellationToken);
        var entry = Use(new Entry(runId, resumption, version, new Lazy<Task<RunPlan>>(() => ReadAsync(runId, $"{version}~{resumption}"))));
        try
        {
            return await entry.Plan.Value.WaitAsync(cancellationToken);
        }
        catch when (entry.Plan.Value.IsFaulted)
        {
            lock (_lock)
            {
                _plans.Remove(entry);
            }

            throw;
        }
    }

    /// <summary>The entry that is kept for the same planning, or this one.</summary>
    private Entry Use(Entry wanted)
    {
        lock (_lock)
        {
            var entry = _plans.FirstOrDefault(kept => kept.IsOfSame(wanted)) ?? wanted;
            _plans.Remove(entry);
            _plans.AddFirst(entry);
            if (_plans.Count > Kept)
            {
                _plans.RemoveLast();
            }

            return entry;
        }
    }

    private async Task<RunPlan> ReadAsync(string runId, string planning)
    {
        var spec = blobs.ReadSpecAsync(runId, CancellationToken.None);
        var manifest = await blobs.ReadManifestAsync(runId, CancellationToken.None);
        var training = manifest.Training is { } known ? await blobs.ReadTrainingAsync(runId, known, CancellationToken.None) : null;
        return new RunPlan(manifest, await spec, training) { Planning = planning };
    }

    /// <summary>A plan and the planning it is of.</summary>
    private sealed record Entry(string RunId, int Resumption, string ManifestVersion, Lazy<Task<RunPlan>> Plan)
    {
        public bool IsOfSame(Entry other) => (RunId, Resumption, ManifestVersion) == (other.RunId, other.Resumption, other.ManifestVersion);
    }
}
