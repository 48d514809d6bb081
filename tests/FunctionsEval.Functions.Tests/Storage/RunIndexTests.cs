using FunctionsEval.Functions.Webhooks;
using FunctionsEval.Functions.Triggers.Timers;
using FunctionsEval.Functions.Triggers.Http;
using FunctionsEval.Functions.Triggers.Events;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Telemetry;
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
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Which versions of a dataset count as evaluated.</summary>
public sealed class RunIndexTests
{
    private const string Dataset = "a/b.jsonl";

    private readonly MemoryTables _service = new();
    private readonly RunTables _tables;

    public RunIndexTests() => _tables = new RunTables(_service, new OpenRuns(_service));

    [Fact]
    public async Task Version_whose_run_was_deleted_is_not_started_by_itself()
    {
        await IndexAsync("ev-1", "\"1\"", "Completed");
        _service.Table("EvaluationRuns").Delete("ev-1", RunEntity.RowKey);

        Assert.True(await HasRunAsync("\"1\"", countsFailed: true));
        Assert.False(await HasRunAsync("\"2\"", countsFailed: true));
    }

    [Fact]
    public async Task Version_whose_runs_failed_counts_only_where_failures_do()
    {
        await IndexAsync("ev-1", "\"1\"", "Failed");

        Assert.True(await HasRunAsync("\"1\"", countsFailed: true));
        Assert.False(await HasRunAsync("\"1\"", countsFailed: false));
    }

    private Task<bool> HasRunAsync(string etag, bool countsFailed) =>
        _tables.HasRunAsync(Dataset, etag, countsFailed, TestContext.Current.CancellationToken);

    private async Task IndexAsync(string runId, string etag, string status)
    {
        var run = new Run
        {
            RunId = runId,
            Status = Enum.Parse<RunStatus>(status),
            Dataset = Dataset,
            DatasetETag = etag,
            Started = DateTimeOffset.UnixEpoch,
        };
        await _tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        await _tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
    }
}
