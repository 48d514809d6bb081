using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Writes <c>samples.jsonl</c>, the shard logs of all shards and models side by side, in dataset order, and the index by which samples are
/// found in it.
/// </summary>
internal sealed class WriteSamples(RunPlans plans, RunBlobs blobs, SampleBlobs sampleBlobs, RunTables tables)
{
    private static readonly ReadOnlyMemory<byte> NewLine = "\n"u8.ToArray();

    [Function(nameof(WriteSamples))]
    public async Task RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        // An execution that outlived its run must not write over what a later resumption leaves.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is null)
        {
            return;
        }

        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var duplicates = await WriteAsync(plan, cancellationToken);
        await tables.UpdateRunAsync(
            request.RunId,
            run => run with { DuplicateIds = duplicates.Count, DuplicateIdsFirstLine = duplicates.FirstLine },
            cancellationToken,
            request.Resumption
        );
    }

    private async Task<DuplicateIds> WriteAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var (manifest, scores) = (plan.Manifest, new ShardScores(blobs, plan));
        using var samples = blobs.StageSamples(manifest.RunId);
        using var index = new SampleIndexWriter(sampleBlobs, manifest.RunId, scores.Scorer.Numbers, scores.ComparesTexts);
        var duplicates = new DuplicateIds();
        var (linesBefore, length) = ((long)manifest.HeaderLines, 0L);
        for (var shard = 0; shard < manifest.Shards.Count; shard++)
        {
            var statistics = scores.ReadShardAsync(shard, cancellationToken);
            var state = blobs.ReadShardStateAsync(manifest.RunId, Roles.Candidate, shard, cancellationToken);
            var (candidate, baseline) = await ReadLogsAsync(manifest, shard, cancellationToken);
            var (ofCandidate, ofBaseline) = await statistics;
            // In a stopped run, either answer may be missing.
            foreach (var key in candidate.Keys.Union(baseline.Keys).Order())
            {
                var (answer, other) = (candidate.GetValueOrDefault(key), baseline.GetValueOrDefault(key));
                var logged = (answer ?? other)!;
                duplicates.Add(logged, linesBefore + logged.Line);
                var sample = SampleResult.From(answer, other, linesBefore);
                var line = JsonSerializer.SerializeToUtf8Bytes(sample, ResultJson.Options);
                await samples.WriteAsync(line, cancellationToken);
                await samples.WriteAsync(NewLine, cancellationToken);
                length += line.Length + NewLine.Length;
                var (one, two) = (scores.ScoresOf(ofCandidate, logged.Ordinal), scores.ScoresOf(ofBaseline, logged.Ordinal));
                await index.AddAsync(sample, line.Length, one, two, cancellationToken);
            }

            linesBefore += (await state).Lines;
        }

        var etag = await samples.CommitAsync(cancellationToken);
        await index.CommitAsync(new SampleFile(manifest.RunId, etag, length), cancellationToken);
        return duplicates;
    }

    private async Task<(
        IReadOnlyDictionary<RowKey, EvaluatedSample> Candidate,
        IReadOnlyDictionary<RowKey, EvaluatedSample> Baseline
    )> ReadLogsAsync(RunManifest manifest, int shard, CancellationToken cancellationToken)
    {
        var candidate = ReadLogAsync(manifest, Roles.Candidate, shard, cancellationToken);
        var baseline =
            manifest.Roles.Count > 1
                ? ReadLogAsync(manifest, Roles.Baseline, shard, cancellationToken)
                : Task.FromResult<IReadOnlyDictionary<RowKey, EvaluatedSample>>(new Dictionary<RowKey, EvaluatedSample>());
        return (await candidate, await baseline);
    }

    /// <summary>The rows with an outcome. Rows that only lack their grades are left out, as in the summary.</summary>
    private async Task<IReadOnlyDictionary<RowKey, EvaluatedSample>> ReadLogAsync(
        RunManifest manifest,
        string role,
        int shard,
        CancellationToken cancellationToken
    ) => (await blobs.ReadShardLogAsync(manifest, role, shard, cancellationToken)).Rows.Where(row => !row.Value.IsPartial).ToDictionary();
}
