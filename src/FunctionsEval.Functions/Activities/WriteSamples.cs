using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>Writes <c>samples.jsonl</c>: the shard logs of all shards and models side by side, in dataset order.</summary>
internal sealed class WriteSamples(RunPlans plans, RunBlobs blobs, RunTables tables)
{
    [Function(nameof(WriteSamples))]
    public async Task RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        // An execution that outlived its run must not write over what a later resumption leaves.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is null)
        {
            return;
        }

        var manifest = (await plans.GetAsync(request.RunId, request.Resumption, cancellationToken)).Manifest;
        using var samples = blobs.StageSamples(request.RunId);
        ReadOnlyMemory<byte> newLine = "\n"u8.ToArray();
        long linesBefore = manifest.HeaderLines;
        var duplicates = new DuplicateIds();
        for (var shard = 0; shard < manifest.Shards.Count; shard++)
        {
            var candidate = await ReadLogAsync(manifest, Roles.Candidate, shard, cancellationToken);
            var baseline =
                manifest.Roles.Count > 1
                    ? await ReadLogAsync(manifest, Roles.Baseline, shard, cancellationToken)
                    : new Dictionary<RowKey, EvaluatedSample>();
            // In a stopped run, either answer may be missing.
            foreach (var key in candidate.Keys.Union(baseline.Keys).Order())
            {
                var (answer, other) = (candidate.GetValueOrDefault(key), baseline.GetValueOrDefault(key));
                var logged = (answer ?? other)!;
                duplicates.Add(logged, linesBefore + logged.Line);
                var sample = SampleResult.From(answer, other, linesBefore);
                await samples.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(sample, ResultJson.Options), cancellationToken);
                await samples.WriteAsync(newLine, cancellationToken);
            }

            linesBefore += (await blobs.ReadShardStateAsync(request.RunId, Roles.Candidate, shard, cancellationToken)).Lines;
        }

        await samples.CommitAsync(cancellationToken);
        await tables.UpdateRunAsync(
            request.RunId,
            run => run with { DuplicateIds = duplicates.Count, DuplicateIdsFirstLine = duplicates.FirstLine },
            cancellationToken,
            request.Resumption
        );
    }

    /// <summary>The rows with an outcome. Rows that only lack their grades are left out, as in the summary.</summary>
    private async Task<IReadOnlyDictionary<RowKey, EvaluatedSample>> ReadLogAsync(
        RunManifest manifest,
        string role,
        int shard,
        CancellationToken cancellationToken
    ) => (await blobs.ReadShardLogAsync(manifest, role, shard, cancellationToken)).Rows.Where(row => !row.Value.IsPartial).ToDictionary();
}
