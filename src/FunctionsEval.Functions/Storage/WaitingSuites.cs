using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The suites of which a dataset was uploaded: the partition <c>waiting</c> of <c>EvaluationSuites</c>. A suite is listed before the
/// dataset's run is reserved and struck off when its suite run has started.
/// </summary>
internal sealed class WaitingSuites(TableServiceClient service)
{
    private const string Partition = "waiting";

    private readonly TableClient _suites = service.GetTableClient(StorageNames.SuitesTable);

    /// <summary>Notes an upload into a suite.</summary>
    public async Task AddAsync(string suite, DateTimeOffset uploaded, CancellationToken cancellationToken)
    {
        var row = await _suites.GetEntityIfExistsAsync<TableEntity>(
            Partition,
            StorageNames.Key(suite),
            cancellationToken: cancellationToken
        );
        var since = (row.HasValue ? row.Value!.GetDateTimeOffset(nameof(WaitingSuite.Since)) : null) ?? uploaded;
        await _suites.UpsertEntityAsync(
            new TableEntity(Partition, StorageNames.Key(suite))
            {
                [nameof(WaitingSuite.Suite)] = suite,
                [nameof(WaitingSuite.Since)] = since,
                [nameof(WaitingSuite.LatestUpload)] = uploaded,
            },
            TableUpdateMode.Replace,
            cancellationToken
        );
    }

    /// <summary>All that are listed, without what is missing, each with the version of its entry.</summary>
    public async Task<IReadOnlyList<(WaitingSuite Suite, ETag Version)>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = _suites.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"),
            cancellationToken: cancellationToken
        );
        var waiting = new List<(WaitingSuite, ETag)>();
        await foreach (var row in rows)
        {
            waiting.Add(
                (
                    new WaitingSuite(
                        row.GetString(nameof(WaitingSuite.Suite)),
                        row.GetDateTimeOffset(nameof(WaitingSuite.Since)) ?? DateTimeOffset.MinValue,
                        row.GetDateTimeOffset(nameof(WaitingSuite.LatestUpload)) ?? DateTimeOffset.MinValue
                    ),
                    row.ETag
                )
            );
        }

        return waiting;
    }

    /// <summary>Strikes a suite off, unless something was uploaded since it was read (<see cref="ETag.All"/>: in any case).</summary>
    public async Task RemoveAsync(string suite, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await _suites.DeleteEntityAsync(Partition, StorageNames.Key(suite), version, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // Something was uploaded meanwhile, or somebody else struck it off.
        }
    }
}
