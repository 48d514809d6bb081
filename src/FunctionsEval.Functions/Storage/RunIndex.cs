using System.Globalization;
using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>A run as the index has it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="DatasetETag">The version of its dataset.</param>
internal sealed record IndexedRun(string RunId, string? DatasetETag);

/// <summary>In which order runs are found: the table <c>EvaluationIndex</c>, latest first in each partition.</summary>
internal sealed class RunIndex(TableServiceClient service)
{
    private const string RunIdColumn = "RunId";
    private const string ETagColumn = "DatasetETag";
    private const int LatestRuns = 10;

    private readonly TableClient _index = service.GetTableClient(StorageNames.IndexTable);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) => await _index.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>
    /// Writes the index rows of a run: under <c>all</c>, each model, the dataset and its suite. A group stands for its members, which have
    /// none. Repeatable.
    /// </summary>
    public Task AddAsync(Run run, CancellationToken cancellationToken) =>
        Task.WhenAll(
            PartitionsOf(run)
                .Select(partition =>
                    _index.UpsertEntityAsync(
                        new TableEntity(partition, RowKeyOf(run)) { [RunIdColumn] = run.RunId, [ETagColumn] = run.DatasetETag },
                        TableUpdateMode.Replace,
                        cancellationToken
                    )
                )
        );

    /// <summary>Removes the index rows of a run. Repeatable.</summary>
    public Task RemoveAsync(Run run, CancellationToken cancellationToken) =>
        Task.WhenAll(PartitionsOf(run).Select(partition => RemoveAsync(partition, RowKeyOf(run), cancellationToken)));

    /// <summary>The latest runs of a dataset.</summary>
    public async Task<IReadOnlyList<IndexedRun>> LatestAsync(string dataset, CancellationToken cancellationToken)
    {
        var (page, _) = await ReadPageAsync(IndexPartition.Dataset(dataset), LatestRuns, continuation: null, cancellationToken);
        return page;
    }

    /// <summary>A page of runs, and what asks for the next page; null behind the last.</summary>
    public async Task<(IReadOnlyList<IndexedRun> Runs, string? Continuation)> ReadPageAsync(
        string partition,
        int size,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        var pages = _index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition}"),
            maxPerPage: size,
            cancellationToken: cancellationToken
        );
        await foreach (var page in pages.AsPages(continuation, size))
        {
            return (
                [.. page.Values.Select(row => new IndexedRun(row.GetString(RunIdColumn), row.GetString(ETagColumn)))],
                page.ContinuationToken
            );
        }

        return ([], null);
    }

    private async Task RemoveAsync(string partition, string rowKey, CancellationToken cancellationToken)
    {
        try
        {
            await _index.DeleteEntityAsync(partition, rowKey, ETag.All, cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // Somebody else removed it.
        }
    }

    /// <summary>Later runs sort first.</summary>
    private static string RowKeyOf(Run run) =>
        (DateTimeOffset.MaxValue.Ticks - run.Started!.Value.UtcTicks).ToString("D19", CultureInfo.InvariantCulture) + "|" + run.RunId;

    private static List<string> PartitionsOf(Run run) =>
        run.Group is not null
            ? []
            :
            [
                IndexPartition.All,
                IndexPartition.Dataset(run.Dataset),
                IndexPartition.Suite(DatasetNames.SuiteOf(run.Dataset)),
                .. new[] { run.Model, run.Baseline }
                    .Concat(run.Candidates)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Select(IndexPartition.Model),
            ];
}

/// <summary>Partition keys of <c>EvaluationIndex</c>.</summary>
internal static class IndexPartition
{
    public const string All = "all";

    public static string Model(string name) => StorageNames.Key("model:" + name);

    public static string Dataset(string name) => StorageNames.Key("dataset:" + name);

    public static string Suite(string name) => StorageNames.Key("suite:" + name);
}
