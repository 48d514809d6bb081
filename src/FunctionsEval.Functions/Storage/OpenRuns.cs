using FunctionsEval.Functions.Webhooks;
using FunctionsEval.Functions.Triggers.Timers;
using FunctionsEval.Functions.Triggers.Http;
using FunctionsEval.Functions.Triggers.Events;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Notifications;
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
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions;
using FunctionsEval.Core.Training;
using FunctionsEval.Core.Tasks.MultipleChoice;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Specs.Fields;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Scoring.Ranking;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Parsing.Methods;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Ter;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Perplexity;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.ExactMatch;
using FunctionsEval.Core.Metrics.ErrorRate;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Chrf;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Import;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Datasets.Text;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The runs that may not have ended: the partition <c>open</c> of <c>EvaluationIndex</c>. A run is listed before its row is written, so
/// that none
/// is missed, and is struck off some time after it has ended.
/// </summary>
internal sealed class OpenRuns(TableServiceClient service)
{
    private const string Partition = "open";

    private readonly TableClient _index = service.GetTableClient(StorageNames.IndexTable);

    /// <summary>Lists a run; one that is listed counts as listed from now on.</summary>
    public Task AddAsync(string runId, CancellationToken cancellationToken) =>
        _index.UpsertEntityAsync(new TableEntity(Partition, runId) { ["RunId"] = runId }, TableUpdateMode.Replace, cancellationToken);

    /// <summary>All that are listed.</summary>
    public async IAsyncEnumerable<OpenRun> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = _index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            yield return new OpenRun(row.RowKey, row.Timestamp, row.ETag);
        }
    }

    /// <summary>Strikes a run off, unless it was listed anew since it was read.</summary>
    public async Task RemoveAsync(OpenRun open, CancellationToken cancellationToken)
    {
        try
        {
            await _index.DeleteEntityAsync(Partition, open.RunId, open.Version, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // It is listed anew, or somebody else struck it off.
        }
    }
}

/// <summary>A run that may not have ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Listed">When it was listed the last time; null where the storage does not say.</param>
/// <param name="Version">The version of its entry.</param>
internal sealed record OpenRun(string RunId, DateTimeOffset? Listed, ETag Version);
