using System.Collections.Concurrent;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Activities;

/// <summary>A run's spec and manifest, and what is built from them once: prompts, parser, metrics.</summary>
internal sealed class RunPlan
{
    public RunPlan(RunManifest manifest, EvaluationSpec spec)
    {
        Manifest = manifest;
        Spec = spec;
        Prompts = new PromptRenderer(spec.Prompt);
        Parser = AnswerParser.Create(spec);
        Measurer = new RowMeasurer(spec);
    }

    public RunManifest Manifest { get; }

    public EvaluationSpec Spec { get; }

    public PromptRenderer Prompts { get; }

    public AnswerParser Parser { get; }

    public RowMeasurer Measurer { get; }

    /// <summary>Why no further call should be made for this run, once one shard found out; null while there is no reason.</summary>
    public RunFailure? Stopped { get; set; }

    public string ModelOf(string role) => Manifest.Roles.Single(model => model.Role == role).Model;

    /// <summary>How the rows of a shard are read.</summary>
    public DatasetReadOptions ReadOptions(int shard) =>
        DatasetReadOptions.For(Spec, Manifest.Format, Manifest.Shards[shard].Start, Manifest.CsvHeader);

    /// <summary>What a logged row contributes to the metrics. Depends on the row alone, so that a resumed run gives the same numbers.</summary>
    public SampleStatistics Measure(LogRow row) =>
        new(row.Ordinal, row.Outcome, Scoreboard.SampleKey(row.Id), Measurer.SlicesOf(row), Measurer.Measure(row));
}

/// <summary>Plans of the runs this process works on, read from the run's blobs once.</summary>
internal sealed class RunPlans(RunBlobs blobs)
{
    private const int Kept = 16;
    private readonly ConcurrentDictionary<string, Task<RunPlan>> _plans = new(StringComparer.Ordinal);

    public async Task<RunPlan> GetAsync(string runId, CancellationToken cancellationToken)
    {
        if (_plans.Count > Kept)
            _plans.Clear();
        var reading = _plans.GetOrAdd(runId, id => ReadAsync(id));
        try
        {
            return await reading.WaitAsync(cancellationToken);
        }
        finally
        {
            if (reading.IsFaulted)
                _plans.TryRemove(KeyValuePair.Create(runId, reading));
        }
    }

    private async Task<RunPlan> ReadAsync(string runId) =>
        new(await blobs.ReadManifestAsync(runId, CancellationToken.None), await blobs.ReadSpecAsync(runId, CancellationToken.None));
}
