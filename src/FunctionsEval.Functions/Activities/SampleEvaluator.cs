using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Activities;

/// <summary>What evaluating one sample came to.</summary>
internal abstract record SampleResult
{
    private SampleResult()
    {
    }

    /// <summary>The sample has its outcome.</summary>
    public sealed record Done(LogRow Row) : SampleResult;

    /// <summary>The sample has no outcome yet: the shard must stop for the reason given.</summary>
    public sealed record Interrupted(ShardReport Report) : SampleResult;
}

/// <summary>One sample's path: row → prompt → model call → parsed answer → outcome.</summary>
internal sealed class SampleEvaluator(RunPlan plan, string role, ModelCaller models)
{
    private readonly string _model = plan.ModelOf(role);

    private readonly SamplingSpec _sampling = plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LogProbabilities))
        ? plan.Spec.Sampling with { LogProbabilities = true }
        : plan.Spec.Sampling;

    private readonly bool _needsLabelProbabilities = plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities));

    public async Task<SampleResult> EvaluateAsync(DatasetRow row, CancellationToken cancellationToken)
    {
        switch (row)
        {
            case MalformedRow malformed:
                return new SampleResult.Done(Malformed(row, id: null, malformed.Reason, malformed.Message, malformed.Column));
            case ValidRow { Sample: var sample }:
                ModelRequest request;
                try
                {
                    request = Request(sample);
                }
                catch (PromptException unusable)
                {
                    return new SampleResult.Done(Malformed(row, sample.Id, "prompt_error", unusable.Message, column: null));
                }

                return Conclude(row, sample, await models.CallAsync(_model, request, cancellationToken));
            default:
                throw new InvalidOperationException($"Unknown kind of row: {row.GetType().Name}.");
        }
    }

    private ModelRequest Request(Sample sample) => new()
    {
        Messages = plan.Spec.Task == EvaluationTask.LanguageModelling ? [] : plan.Prompts.Render(sample),
        ScoredText = plan.Spec.Task == EvaluationTask.LanguageModelling ? sample.References[0] : null,
        Sampling = _sampling,
        Alternatives = _needsLabelProbabilities,
    };

    private SampleResult Conclude(DatasetRow row, Sample sample, ModelCallResult result)
    {
        var empty = new LogRow
        {
            Id = sample.Id,
            Ordinal = row.Ordinal,
            Line = row.Line,
            Offset = row.Offset,
            Outcome = Outcome.Scored,
            Input = role == Roles.Candidate && plan.Spec.Task != EvaluationTask.LanguageModelling ? sample.Input : null,
            References = [.. sample.References.Select(plan.Parser.NormalizeReference)],
            Tags = sample.Tags.Count > 0 ? sample.Tags : null,
        };
        return result switch
        {
            ModelCallResult.Answered answered => new SampleResult.Done(Read(empty, answered.Completion)),
            ModelCallResult.Failed failed => new SampleResult.Done(
                empty with
                {
                    Outcome = failed.Outcome,
                    Reason = $"{failed.Reason}: {failed.Message}",
                    Attempts = failed.Attempts,
                    InputTokens = failed.InputTokens,
                    OutputTokens = failed.OutputTokens,
                }),
            ModelCallResult.Misconfigured misconfigured => new SampleResult.Interrupted(
                ShardReport.Failed("model_misconfigured", misconfigured.Message)),
            ModelCallResult.Unreachable unreachable => new SampleResult.Interrupted(
                new ShardReport(ShardStatus.Unreachable, new RunFailure("model_unreachable", unreachable.Message))),
            ModelCallResult.RetryLater later => new SampleResult.Interrupted(ShardReport.Incomplete(later.After)),
            _ => throw new InvalidOperationException($"Unknown result of a model call: {result.GetType().Name}."),
        };
    }

    private LogRow Read(LogRow row, Completion completion)
    {
        row = row with
        {
            Text = completion.IsEcho ? null : completion.Text,
            FinishReason = completion.FinishReason,
            InputTokens = completion.InputTokens,
            OutputTokens = completion.OutputTokens,
            LatencyMs = Math.Round(completion.Latency.TotalMilliseconds, 2),
            TimeToFirstTokenMs = completion.TimeToFirstToken is { } first ? Math.Round(first.TotalMilliseconds, 2) : null,
            LogProbability = completion.LogProbability,
            LogProbabilityTokens = completion.LogProbabilityTokens,
            Echo = completion.IsEcho,
            Attempts = completion.Attempts,
            LabelProbabilities = _needsLabelProbabilities && completion.Tokens is { } tokens ? plan.Parser.ReadLabelProbabilities(tokens) : null,
        };
        if (completion.IsEcho)
            return row;
        if (completion.FinishReason == "length" && !plan.Spec.Parsing.ScoreTruncated && plan.Spec.Task != EvaluationTask.LanguageModelling)
            return row with { Outcome = Outcome.Truncated, Reason = "length: the answer reached sampling.maxOutputTokens" };
        return plan.Parser.Parse(completion.Text) switch
        {
            Parsed parsed => row with { Prediction = parsed.Value },
            Unparsable unparsable => row with
            {
                Outcome = Outcome.Unparsable,
                Reason = unparsable.Reason,
                LenientPrediction = plan.Parser.ParseLeniently(completion.Text),
            },
            _ => throw new InvalidOperationException("Unknown result of parsing."),
        };
    }

    private static LogRow Malformed(DatasetRow row, string? id, string code, string message, int? column) => new()
    {
        Id = id ?? row.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Ordinal = row.Ordinal,
        Line = row.Line,
        Offset = row.Offset,
        Outcome = Outcome.MalformedSample,
        Reason = column is null ? $"{code}: {message}" : $"{code}: {message} (column {column})",
    };
}
