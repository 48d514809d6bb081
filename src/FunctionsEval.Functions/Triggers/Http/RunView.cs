using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// How table rows are shown over HTTP: their columns, camelCase, without the storage's own and the marks of writers; the warnings of a run
/// are a list.
/// </summary>
internal static class RunView
{
    private static readonly HashSet<string> StorageColumns = new(StringComparer.Ordinal)
    {
        "odata.etag",
        "PartitionKey",
        "RowKey",
        "Timestamp",
        RunTables.MarkColumn,
        RunTables.ChangeColumn,
    };

    public static SortedDictionary<string, object?> Columns(TableEntity row)
    {
        var view = new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["runId"] = row.PartitionKey };
        foreach (var (name, value) in row)
        {
            if (!StorageColumns.Contains(name))
            {
                view[JsonNamingPolicy.CamelCase.ConvertName(name)] = value;
            }
        }

        if (row.RowKey == RunTables.RunRow)
        {
            view["warnings"] = RunWarnings.Read(row);
        }

        return view;
    }
}
