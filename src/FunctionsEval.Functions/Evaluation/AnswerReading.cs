using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Reads a model's answer into its sample's row.</summary>
internal sealed class AnswerReading(RunPlan plan, bool readsTopLogProbabilities)
{
    private readonly CallChecker _calls = new();

    /// <summary>The row with the answer, the reading of the answer, and the outcome.</summary>
    public EvaluatedSample Read(EvaluatedSample empty, Sample sample, Completion completion) =>
        plan.Measurer.WithinLimits(ReadAnswer(Take(empty, sample, completion), completion));

    /// <summary>The row with the completion's content, before the answer is read.</summary>
    private EvaluatedSample Take(EvaluatedSample row, Sample sample, Completion completion)
    {
        var labels = readsTopLogProbabilities && completion.Tokens is { } tokens ? plan.Parser.ReadLabelProbabilities(tokens) : null;
        return row with
        {
            Text = completion.IsEcho ? null : completion.Text,
            Reasoning = completion.Reasoning,
            ReasoningTokens = completion.ReasoningTokens,
            ToolCalls = completion.ToolCalls.Count > 0 ? _calls.Check(completion.ToolCalls, sample.Tools) : null,
            LeftOut = completion.LeftOut.Count > 0 ? completion.LeftOut : null,
            FinishReason = completion.FinishReason,
            InputTokens = completion.InputTokens,
            CachedInputTokens = completion.CachedInputTokens,
            OutputTokens = completion.OutputTokens,
            LatencyMs = Math.Round(completion.Latency.TotalMilliseconds, 2),
            TimeToFirstTokenMs = completion.TimeToFirstToken is { } first ? Math.Round(first.TotalMilliseconds, 2) : null,
            TokensPerSecond = completion.TokensPerSecond is { } rate ? Math.Round(rate, 2) : null,
            Model = completion.Model,
            SystemFingerprint = completion.SystemFingerprint,
            Route = completion.Route,
            OtherDeployment = completion.OtherDeployment,
            LogProbability = completion.LogProbability,
            LogProbabilityTokens = completion.LogProbabilityTokens,
            Echo = completion.IsEcho,
            Attempts = completion.Attempts,
            LabelProbabilities = labels?.Probabilities,
            UnresolvedLabelMass = labels?.Unresolved,
        };
    }

    private EvaluatedSample ReadAnswer(EvaluatedSample row, Completion completion)
    {
        if (completion.IsEcho)
        {
            return row;
        }

        if (completion.Cut != AnswerCut.None && !plan.Spec.Parsing.ScoreTruncated && plan.Spec.Task.Answer == AnswerKind.Written)
        {
            return completion.IsReasoningAlone
                ? row with
                {
                    Outcome = Outcome.ReasoningExhausted,
                    Reason = ReasonOfReasoning(completion.Cut),
                }
                : row with
                {
                    Outcome = Outcome.Truncated,
                    Reason = ReasonOf(completion.Cut),
                };
        }

        var answer = new ModelText(completion.Text, completion.Reasoning);
        return plan.Spec.Task.ReadsToolCalls
            ? CallReading.Read(row, answer, row.ToolCalls ?? [], completion.InsteadOfText)
            : RowReading.Read(row, plan.Parser, answer, completion.InsteadOfText);
    }

    private static string ReasonOfReasoning(AnswerCut cut) =>
        cut == AnswerCut.MaxOutputTokens
            ? "reasoning_exhausted: all tokens of sampling.maxOutputTokens went into reasoning; raise it, or lower sampling.reasoningEffort"
            : "reasoning_exhausted: the model's context was full before its reasoning ended; shorten the prompt, or give the model a larger context";

    private static string ReasonOf(AnswerCut cut) =>
        cut == AnswerCut.MaxOutputTokens
            ? "length: the answer reached sampling.maxOutputTokens"
            : "context_full: the model's context was full before the answer reached sampling.maxOutputTokens; shorten the prompt, "
                + "or give the model a larger context";
}
