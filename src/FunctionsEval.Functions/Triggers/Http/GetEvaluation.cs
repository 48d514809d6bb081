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
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}</c>: the run's row, with the outcomes so far.</summary>
internal sealed class GetEvaluation(RunTables tables)
{
    [Function(nameof(GetEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Problems.UnknownRun(runId);
        }

        return Results.Ok(run with { Progress = await tables.Progress.ReadAsync(runId, cancellationToken) });
    }
}
