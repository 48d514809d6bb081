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
using FunctionsEval.Core.Datasets.Text;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// How a run ends: status, verdict, reasons and error, decided together. <see cref="RunStatusRules"/> say what verdict a status may carry.
/// </summary>
internal sealed record RunConclusion
{
    private const int MaxMessageLength = 8192;

    private RunConclusion(RunFailure? failure, Verdict? verdict)
    {
        Failure = failure;
        Status = failure?.Status ?? RunStatus.Completed;
        Verdict = Status.Permit(verdict);
    }

    public RunStatus Status { get; }

    /// <summary>What the gate says, as far as the status permits it.</summary>
    public Verdict? Verdict { get; }

    /// <summary>Why the run failed or was stopped; null for a completed run.</summary>
    public RunFailure? Failure { get; }

    /// <summary>Whether <c>summary.json</c> and <c>report.html</c> belong to this end. Those of another are removed.</summary>
    public bool HasSummary => Status.HasSummary || Failure!.KeepsSummary;

    /// <summary>Decides how a run ends.</summary>
    /// <param name="failure">Why it failed or was stopped; null when every sample has an outcome.</param>
    /// <param name="verdict">What the gate says; null without a gate or without a summary.</param>
    public static RunConclusion Decide(RunFailure? failure, Verdict? verdict) => new(failure, verdict);

    /// <summary>The run with this end; nothing of another end is left.</summary>
    public Run Apply(Run run, DateTimeOffset finished) =>
        run with
        {
            Status = Status,
            Verdict = Verdict?.Result,
            VerdictReasons = Verdict?.Rules ?? [],
            ErrorCode = Failure?.Code,
            ErrorMessage = TableText.Cut(Failure?.Message, MaxMessageLength),
            Finished = finished,
        };
}
