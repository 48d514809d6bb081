using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// <c>summary.json</c>: everything a run found. Holds no count of attempts, and no time but those of streamed answers, so that it has the
/// same bytes
/// however often the run was interrupted; those are in <c>EvaluationRuns</c>.
/// </summary>
internal sealed record RunSummary
{
    public required string RunId { get; init; }

    public required string Name { get; init; }

    public required EvaluationTask Task { get; init; }

    public required DatasetSummary Dataset { get; init; }

    /// <summary>Model names per role.</summary>
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>
    /// Whether every sample has an outcome; false for a run that was stopped, whose numbers are over what was answered by then.
    /// </summary>
    public required bool IsComplete { get; init; }

    /// <summary>What the gate says; null without a gate and for a run that failed.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why the run failed although it has a summary (malformed rows); null for any other.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Share of the answers that count which do not parse, per role.</summary>
    public IReadOnlyDictionary<string, double> UnparsableRate { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// What a reader of the numbers has to know beside the verdict: sentences, each of which says what was seen and what to do.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Outcomes { get; init; }

    public required IReadOnlyDictionary<string, double?> Coverage { get; init; }

    /// <summary>How many samples are found in the training file; null when none is known.</summary>
    public LeakageSummary? Leakage { get; init; }

    /// <summary>Who answered, by role, and by role and grader (<c>candidate/judge</c>); null where no endpoint says.</summary>
    public IReadOnlyDictionary<string, AnswerSources>? AnsweredBy { get; init; }

    /// <summary>How fast streamed answers came, by role; null where none was streamed. No two runs have the same times.</summary>
    public IReadOnlyDictionary<string, StreamSummary>? Streams { get; init; }

    /// <summary>How much models wrote for themselves besides their answers, by role; null where none did.</summary>
    public IReadOnlyDictionary<string, ReasoningCounts>? Reasoning { get; init; }

    /// <summary>
    /// What of the spec an endpoint does not take, with how many answers were given without it, by role, and by role and grader; null where
    /// all was taken.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>? LeftOut { get; init; }

    /// <summary>
    /// How the run compares with the previous completed run of its suite with the same model; null when it is the first, or is not
    /// complete.
    /// </summary>
    public PreviousSummary? Previous { get; init; }

    public required IReadOnlyDictionary<string, UsageSummary> Usage { get; init; }

    public required IReadOnlyList<MetricLine> Metrics { get; init; }

    public required IReadOnlyList<ConfusionMatrixResult> ConfusionMatrices { get; init; }

    public required IReadOnlyList<CalibrationResult> Calibration { get; init; }

    /// <summary>The first rows per role that were not scored, with the beginning of what the model answered.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Example>> Examples { get; init; }

    /// <summary>The spec, in canonical form.</summary>
    public required JsonElement Spec { get; init; }

    public required string CodeVersion { get; init; }

    /// <summary>
    /// The summary with the comparison with the previous run, and the warning of what got worse: first, since a notification has room for a
    /// few.
    /// </summary>
    public RunSummary With(PreviousSummary? previous) =>
        this with
        {
            Previous = previous,
            Warnings = previous?.Warning() is { } warning ? [warning, .. Warnings] : Warnings,
        };
}

/// <summary>How many samples are found in the training file.</summary>
/// <param name="TrainingFile">Its blob.</param>
/// <param name="TrainingRows">Its rows with different words.</param>
/// <param name="Exact">Samples with the same words as a training row.</param>
/// <param name="Ngrams">Other samples most of whose n-grams occur in it.</param>
/// <param name="Unchecked">Why samples were not held against it; null when they were.</param>
internal sealed record LeakageSummary(string TrainingFile, int TrainingRows, long Exact, long Ngrams, string? Unchecked)
{
    /// <summary>Why samples were held against a part of the file's rows only; null when they were held against all.</summary>
    public string? Incomplete { get; init; }

    /// <summary>What a reader has to know of a check that did not take place, or not against every row.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Unchecked is not null)
        {
            yield return $"Samples were not checked for leakage: {Unchecked} Put that right, or name another trainingFile in the spec, and evaluate once more.";
        }

        if (Incomplete is not null)
        {
            yield return $"Samples were checked for leakage against a part of the training rows only: {Incomplete} Mend those rows and evaluate once more.";
        }
    }
}

/// <summary>The dataset version that was evaluated.</summary>
internal sealed record DatasetSummary(string Name, string ETag, long Bytes, long Samples)
{
    /// <summary>Samples whose id an earlier one has; null for none, and where it was not counted.</summary>
    public long? DuplicateIds { get; init; }
}

/// <summary>What one model used; null prices when the model has none configured.</summary>
internal sealed record UsageSummary(long InputTokens, long OutputTokens, decimal? Cost)
{
    /// <summary>What tokens cost at a model's prices.</summary>
    public static UsageSummary Of(TokenCounts tokens, ModelOptions? model) =>
        new(tokens.Input, tokens.Output, model?.CostOf(tokens.Input, tokens.Output));
}
