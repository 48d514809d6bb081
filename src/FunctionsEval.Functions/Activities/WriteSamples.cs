using System.Text.Json;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>Writes <c>samples.jsonl</c>: the row logs of all shards and models side by side, in dataset order.</summary>
internal sealed class WriteSamples(RunPlans plans, RunBlobs blobs, RunTables tables)
{
    [Function(nameof(WriteSamples))]
    public async Task RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var manifest = (await plans.GetAsync(request.RunId, request.Resumption, cancellationToken)).Manifest;
        await using var samples = await blobs.OpenSamplesForWriteAsync(request.RunId, cancellationToken);
        ReadOnlyMemory<byte> newLine = "\n"u8.ToArray();
        long linesBefore = manifest.HeaderLines;
        var duplicates = new DuplicateIds();
        for (var shard = 0; shard < manifest.Shards.Count; shard++)
        {
            var candidate = (await blobs.ReadRowLogAsync(manifest, Roles.Candidate, shard, cancellationToken)).Rows;
            var baseline = manifest.Roles.Count > 1 ? (await blobs.ReadRowLogAsync(manifest, Roles.Baseline, shard, cancellationToken)).Rows : null;
            foreach (var (key, row) in candidate.Where(answer => !answer.Value.IsPartial))
            {
                duplicates.Add(row, linesBefore + row.Line);
                var sample = new SampleReport
                {
                    Id = row.Id,
                    Line = linesBefore + row.Line,
                    Offset = row.Offset,
                    Input = row.Input,
                    References = row.References,
                    Tags = row.Tags,
                    Repeat = row.Repeat > 0 ? row.Repeat : null,
                    Leak = row.Leak,
                    Candidate = AnswerReport.Of(row),
                    // Only of a run that was stopped may one be missing.
                    Baseline = baseline?.GetValueOrDefault(key) is { } other ? AnswerReport.Of(other) : null,
                };
                await JsonSerializer.SerializeAsync(samples, sample, RunJson.Options, cancellationToken);
                await samples.WriteAsync(newLine, cancellationToken);
            }

            linesBefore += (await blobs.ReadShardStateAsync(request.RunId, Roles.Candidate, shard, cancellationToken)).Lines;
        }

        var columns = new Dictionary<string, object?> { ["DuplicateIds"] = duplicates.Count, ["DuplicateIdsFirstLine"] = duplicates.FirstLine };
        await tables.UpdateRunAsync(request.RunId, columns, cancellationToken);
    }
}
