using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Tests.Budget;

/// <summary>A storage account with one table in memory.</summary>
internal sealed class MemoryTables : TableServiceClient
{
    public MemoryTable Table { get; } = new();

    public override TableClient GetTableClient(string tableName) => Table;
}

/// <summary>As much of a table as a run's budget needs: reading a row, reading a run's rows, and transactions that hold on to ETags.</summary>
internal sealed class MemoryTable : TableClient
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, TableEntity> _rows = new(StringComparer.Ordinal);
    private int _version;

    /// <summary>Transactions that were carried out.</summary>
    public int Writes { get; private set; }

    public TableEntity this[string rowKey]
    {
        get
        {
            lock (_lock)
                return _rows[rowKey];
        }
    }

    public IReadOnlyDictionary<string, TableEntity> Rows => _rows;

    public void Put(TableEntity row)
    {
        lock (_lock)
            _rows[row.RowKey] = WithETag(row);
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        lock (_lock)
            return new Found<T>(_rows.TryGetValue(rowKey, out var row) ? (T)(ITableEntity)row : null);
    }

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        Assert.Equal("PartitionKey eq 'run' and RowKey gt 'budget|' and RowKey lt 'budget}'", filter);
        lock (_lock)
        {
            var found = _rows.Values.Where(row => row.RowKey.StartsWith("budget|", StringComparison.Ordinal)).Select(row => (T)(ITableEntity)row).ToList();
            return AsyncPageable<T>.FromPages([Page<T>.FromValues(found, null, null!)]);
        }
    }

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        var actions = transactionActions.ToList();
        lock (_lock)
        {
            foreach (var action in actions)
            {
                var known = _rows.GetValueOrDefault(action.Entity.RowKey);
                if (action.ActionType == TableTransactionActionType.Add && known is not null)
                    throw new RequestFailedException(409, "EntityAlreadyExists");
                if (action.ActionType == TableTransactionActionType.UpdateReplace && known?.ETag != action.ETag)
                    throw new RequestFailedException(412, "UpdateConditionNotSatisfied");
            }

            foreach (var action in actions)
                _rows[action.Entity.RowKey] = WithETag((TableEntity)action.Entity);
            Writes++;
        }

        return Response.FromValue<IReadOnlyList<Response>>([], null!);
    }

    private TableEntity WithETag(TableEntity row) =>
        new(row) { ETag = new ETag((++_version).ToString(CultureInfo.InvariantCulture)) };

    private sealed class Found<T>(T? row) : NullableResponse<T>
        where T : class
    {
        public override bool HasValue => row is not null;

        public override T Value => row ?? throw new InvalidOperationException("There is no such row.");

        public override Response GetRawResponse() => throw new NotSupportedException();
    }
}
