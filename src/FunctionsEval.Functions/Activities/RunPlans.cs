using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
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
        Metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.Labels, spec.PositiveLabel);
        StatisticLength = Metrics.Sum(metric => metric.StatisticLength);
    }

    public RunManifest Manifest { get; }

    public EvaluationSpec Spec { get; }

    public PromptRenderer Prompts { get; }

    public AnswerParser Parser { get; }

    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Words of a sample's statistics over all metrics.</summary>
    public int StatisticLength { get; }

    /// <summary>Why no further call should be made for this run, once one shard found out; null while there is no reason.</summary>
    public RunFailure? Stopped { get; set; }

    public string ModelOf(string role) => Manifest.Roles.Single(model => model.Role == role).Model;

    /// <summary>How the rows of a shard are read.</summary>
    public DatasetReadOptions ReadOptions(int shard) =>
        DatasetReadOptions.For(Spec, Manifest.Format, Manifest.Shards[shard].Start, Manifest.CsvHeader);

    /// <summary>What a logged row contributes to the metrics. Depends on the row alone, so that a resumed run gives the same numbers.</summary>
    public SampleStatistics Measure(LogRow row)
    {
        var words = row.IsMeasured ? new long[StatisticLength] : [];
        if (words.Length > 0)
        {
            var sample = row.ToMetricSample();
            var start = 0;
            foreach (var metric in Metrics)
            {
                metric.Measure(sample, words.AsSpan(start, metric.StatisticLength));
                start += metric.StatisticLength;
            }
        }

        var slices = Spec.Slices
            .Where(tag => row.Tags?.ContainsKey(tag) == true)
            .Select(tag => $"{tag}={row.Tags![tag]}")
            .ToList();
        return new SampleStatistics(row.Ordinal, row.Outcome, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(row.Id)), slices, words);
    }
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
