using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>What the Durable extension keeps: the histories of all orchestrations.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Characters">Characters of their texts.</param>
internal sealed record DurableHistory(int Rows, long Characters)
{
    /// <summary>Counts.</summary>
    public static async Task<DurableHistory> ReadAsync(string connectionString)
    {
        var (rows, characters) = (0, 0L);
        await foreach (var row in new TableClient(connectionString, "FunctionsEvalHistory").QueryAsync<TableEntity>())
        {
            rows++;
            characters += row.Select(column => column.Value).OfType<string>().Sum(value => value.Length);
        }

        return new DurableHistory(rows, characters);
    }

    /// <summary>Prints a run's shards, and by how much the histories have grown since.</summary>
    public async Task PrintGrowthAsync(string connectionString, string runId)
    {
        var now = await ReadAsync(connectionString);
        var shards = 0;
        var logs = new BlobContainerClient(connectionString, "runs").GetBlobsAsync(
            BlobTraits.None,
            BlobStates.None,
            $"{runId}/candidate/shards/",
            default
        );
        await foreach (var blob in logs)
        {
            shards += blob.Name.EndsWith(".jsonl", StringComparison.Ordinal) ? 1 : 0;
        }

        Console.WriteLine(
            FormattableString.Invariant(
                $"  {shards} shards; history {now.Rows - Rows:N0} rows, {(double)(now.Rows - Rows) / shards:0.0} a shard, {(now.Characters - Characters) / 1024:N0} Ki characters"
            )
        );
    }
}
