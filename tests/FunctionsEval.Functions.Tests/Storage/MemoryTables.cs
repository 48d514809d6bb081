using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>
/// Tables in memory that keep what the app rests on: ETags, conditions, transactions of all or nothing, and the limit of a key.
/// </summary>
internal sealed class MemoryTables : TableServiceClient
{
    private readonly ConcurrentDictionary<string, MemoryTable> _tables = new(StringComparer.Ordinal);

    public override TableClient GetTableClient(string tableName) => Table(tableName);

    public MemoryTable Table(string name) => _tables.GetOrAdd(name, _ => new MemoryTable());
}

/// <summary>One table.</summary>
internal sealed partial class MemoryTable : TableClient
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = [];
    private int _version;

    /// <summary>Called before a transaction is carried out, for what comes between a read and a write.</summary>
    public Action? BeforeTransaction { get; set; }

    /// <summary>Whether the next conditional write is carried out and its answer lost, so that the client sends it again.</summary>
    public bool LosesAnswer { get; set; }

    /// <summary>What a row that is put without a condition meets; null for nothing.</summary>
    public Func<Exception?>? UpsertFault { get; set; }

    /// <summary>Transactions that were carried out.</summary>
    public int Transactions { get; private set; }

    public IReadOnlyList<TableEntity> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Values];
            }
        }
    }

    public TableEntity? Find(string partition, string row)
    {
        lock (_lock)
        {
            return _rows.GetValueOrDefault((partition, row));
        }
    }

    public void Set(TableEntity row)
    {
        lock (_lock)
        {
            Store(row, merge: false);
        }
    }

    public void Delete(string partition, string row)
    {
        lock (_lock)
        {
            _rows.Remove((partition, row));
        }
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey,
        string rowKey,
        IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default
    )
    {
        await Task.Yield();
        return new Found<T>(Find(partitionKey, rowKey) is { } row ? (T)(object)new TableEntity(row) : default);
    }

    /// <summary>A partition's rows, or a range of them, or those with certain values in columns.</summary>
    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null,
        int? maxPerPage = null,
        IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default
    )
    {
        var parts = Filter().Match(filter!);
        Assert.True(parts.Success, $"A filter that is not understood: {filter}");
        var conditions = parts.Groups[1].Captures.Zip(parts.Groups[2].Captures, parts.Groups[3].Captures).ToList();
        var rows = Rows.Where(row =>
            conditions.All(condition => Matches(row, condition.First.Value, condition.Second.Value, condition.Third.Value))
        );
        return AsyncPageable<T>.FromPages([Page<T>.FromValues([.. rows.Select(row => (T)(object)new TableEntity(row))], null, null!)]);
    }

    public override Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Response.FromValue(new TableItem("table"), null!));

    public override Task<Response> DeleteEntityAsync(
        string partitionKey,
        string rowKey,
        ETag ifMatch = default,
        CancellationToken cancellationToken = default
    )
    {
        lock (_lock)
        {
            Check(new TableEntity(partitionKey, rowKey), ifMatch);
            _rows.Remove((partitionKey, rowKey));
        }

        return Task.FromResult<Response>(null!);
    }

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
    {
        Send(() =>
        {
            if (_rows.ContainsKey((entity!.PartitionKey, entity.RowKey)))
            {
                throw new RequestFailedException(409, "There is such a row.");
            }

            Store((TableEntity)(object)entity, merge: false);
        });
        return Task.FromResult<Response>(null!);
    }

    public override Task<Response> UpdateEntityAsync<T>(
        T entity,
        ETag ifMatch,
        TableUpdateMode mode = TableUpdateMode.Merge,
        CancellationToken cancellationToken = default
    )
    {
        Send(() =>
        {
            Check(entity!, ifMatch);
            Store((TableEntity)(object)entity!, mode == TableUpdateMode.Merge);
        });
        return Task.FromResult<Response>(null!);
    }

    public override Task<Response> UpsertEntityAsync<T>(
        T entity,
        TableUpdateMode mode = TableUpdateMode.Merge,
        CancellationToken cancellationToken = default
    )
    {
        if (UpsertFault?.Invoke() is { } fault)
        {
            throw fault;
        }

        lock (_lock)
        {
            Store((TableEntity)(object)entity!, mode == TableUpdateMode.Merge);
        }

        return Task.FromResult<Response>(null!);
    }

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions,
        CancellationToken cancellationToken = default
    )
    {
        await Task.Yield();
        BeforeTransaction?.Invoke();
        var actions = transactionActions.ToList();
        Send(() => Carry(actions));
        return Response.FromValue<IReadOnlyList<Response>>([], null!);
    }

    private static bool Matches(TableEntity row, string column, string comparison, string value)
    {
        var order = row[column] is string text
            ? string.CompareOrdinal(text, value[1..^1].Replace("''", "'", StringComparison.Ordinal))
            : string.CompareOrdinal(row[column]?.ToString()?.ToLowerInvariant(), value);
        return comparison switch
        {
            "gt" => order > 0,
            "lt" => order < 0,
            _ => order == 0,
        };
    }

    [GeneratedRegex("^(?:(?:^| and )([A-Za-z]+) (eq|gt|lt) ('(?:[^']|'')*'|true|false))+$")]
    private static partial Regex Filter();

    private void Send(Action write)
    {
        lock (_lock)
        {
            write();
            if (LosesAnswer)
            {
                LosesAnswer = false;
                write();
            }
        }
    }

    private void Carry(List<TableTransactionAction> actions)
    {
        Assert.InRange(actions.Count, 1, 100);
        Assert.Equal(actions.Count, actions.DistinctBy(action => (action.Entity.PartitionKey, action.Entity.RowKey)).Count());
        lock (_lock)
        {
            foreach (var action in actions)
            {
                if (action.ActionType == TableTransactionActionType.UpdateReplace)
                {
                    Check(action.Entity, action.ETag);
                }
                else if (
                    action.ActionType == TableTransactionActionType.Add
                    && _rows.ContainsKey((action.Entity.PartitionKey, action.Entity.RowKey))
                )
                {
                    throw new RequestFailedException(409, "There is such a row.");
                }
            }

            foreach (var action in actions)
            {
                Store((TableEntity)action.Entity, merge: false);
            }

            Transactions++;
        }
    }

    private void Check(ITableEntity entity, ETag ifMatch)
    {
        if (!_rows.TryGetValue((entity.PartitionKey, entity.RowKey), out var known))
        {
            throw new RequestFailedException(404, "There is no such row.");
        }

        if (ifMatch != ETag.All && known.ETag != ifMatch)
        {
            throw new RequestFailedException(412, "The row was changed.");
        }
    }

    private void Store(TableEntity row, bool merge)
    {
        Assert.InRange(row.RowKey.Length, 1, 512);
        var stored =
            merge && _rows.TryGetValue((row.PartitionKey, row.RowKey), out var known)
                ? new TableEntity(known)
                : new TableEntity(row.PartitionKey, row.RowKey);
        foreach (var (name, value) in row.Where(column => column.Value is not null))
        {
            Assert.True(value is not string text || text.Length <= 32 * 1024, $"{name} is too long.");
            stored[name] = value;
        }

        stored.ETag = new ETag((++_version).ToString(CultureInfo.InvariantCulture));
        _rows[(row.PartitionKey, row.RowKey)] = stored;
    }

    private sealed class Found<T>(T? value) : NullableResponse<T>
    {
        public override bool HasValue => value is not null;

        public override T Value => value!;

        public override Response GetRawResponse() => null!;
    }
}
