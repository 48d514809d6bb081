using System.Collections.Concurrent;
using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Tables in memory that keep what the app rests on: ETags, conditions, transactions of all or nothing, and the limit of a key.</summary>
internal sealed class MemoryTables : TableServiceClient
{
    private readonly ConcurrentDictionary<string, MemoryTable> _tables = new(StringComparer.Ordinal);

    public override TableClient GetTableClient(string tableName) => Table(tableName);

    public MemoryTable Table(string name) => _tables.GetOrAdd(name, _ => new MemoryTable());
}

/// <summary>One table.</summary>
internal sealed class MemoryTable : TableClient
{
    private readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = [];
    private int _version;

    /// <summary>Called before a transaction is carried out, for what comes between a read and a write.</summary>
    public Action? BeforeTransaction { get; set; }

    /// <summary>Whether the next transaction is carried out and its answer lost, so that the client sends it again.</summary>
    public bool LosesAnswer { get; set; }

    public IReadOnlyList<TableEntity> Rows => [.. _rows.Values];

    public TableEntity? Find(string partition, string row) => _rows.GetValueOrDefault((partition, row));

    public void Set(TableEntity row) => Store(row, merge: false);

    public void Delete(string partition, string row) => _rows.Remove((partition, row));

    public override Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<NullableResponse<T>>(new Found<T>(Find(partitionKey, rowKey) is { } row ? (T)(object)Copy(row) : default));

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        Check(entity, ifMatch);
        Store((TableEntity)(object)entity!, mode == TableUpdateMode.Merge);
        return Task.FromResult<Response>(null!);
    }

    public override Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        Store((TableEntity)(object)entity!, mode == TableUpdateMode.Merge);
        return Task.FromResult<Response>(null!);
    }

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        BeforeTransaction?.Invoke();
        var actions = transactionActions.ToList();
        Carry(actions);
        if (LosesAnswer)
        {
            LosesAnswer = false;
            Carry(actions);
        }

        return Task.FromResult(Response.FromValue<IReadOnlyList<Response>>([], null!));
    }

    private void Carry(List<TableTransactionAction> actions)
    {
        Assert.InRange(actions.Count, 1, 100);
        Assert.Equal(actions.Count, actions.DistinctBy(action => (action.Entity.PartitionKey, action.Entity.RowKey)).Count());
        foreach (var action in actions.Where(action => action.ActionType == TableTransactionActionType.UpdateReplace))
            Check(action.Entity, action.ETag);
        foreach (var action in actions)
            Store((TableEntity)action.Entity, merge: false);
    }

    private void Check(ITableEntity entity, ETag ifMatch)
    {
        if (Find(entity.PartitionKey, entity.RowKey) is not { } known)
            throw new RequestFailedException(404, "There is no such row.");
        if (ifMatch != ETag.All && known.ETag != ifMatch)
            throw new RequestFailedException(412, "The row was changed.");
    }

    private void Store(TableEntity row, bool merge)
    {
        Assert.InRange(row.RowKey.Length, 1, 512);
        var stored = merge && Find(row.PartitionKey, row.RowKey) is { } known ? Copy(known) : new TableEntity(row.PartitionKey, row.RowKey);
        foreach (var (name, value) in row.Where(column => column.Value is not null))
        {
            Assert.True(value is not string text || text.Length <= 32 * 1024, $"{name} is too long.");
            stored[name] = value;
        }

        stored.ETag = new ETag((++_version).ToString(CultureInfo.InvariantCulture));
        _rows[(row.PartitionKey, row.RowKey)] = stored;
    }

    private static TableEntity Copy(TableEntity row) => new(row);

    private sealed class Found<T>(T? value) : NullableResponse<T>
    {
        public override bool HasValue => value is not null;

        public override T Value => value!;

        public override Response GetRawResponse() => null!;
    }
}
