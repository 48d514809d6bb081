using System.Globalization;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// Results as promptfoo 0.121 exports them (version 3) and its <c>import</c> reads them: one prompt, the candidate, and a test for each
/// sample that it answered or failed at.
/// </summary>
internal static class PromptfooExport
{
    private const string RawPrompt = "{{input}}";

    public static string Write(ExportSource source, AnsweredSamples samples)
    {
        var run = source.Run;
        var started = (run.Started?.ToUniversalTime() ?? DateTimeOffset.UnixEpoch).ToString("O", CultureInfo.InvariantCulture);
        return ExportJson.Write(
            new
            {
                EvalId = run.RunId,
                run.Warnings,
                Results = new
                {
                    Version = 3,
                    Timestamp = started,
                    Prompts = new[] { PromptOf(run, samples) },
                    Stats = new
                    {
                        Successes = samples.Passed,
                        Failures = samples.Failed,
                        Errors = samples.Errored,
                        Total = samples.All.Count,
                        TokenUsage = samples.Usage,
                    },
                    Results = samples.All.Select((sample, index) => ResultOf(run, sample, index)),
                },
                Config = new
                {
                    Description = $"{source.Name}: {run.Dataset}",
                    Prompts = new[] { RawPrompt },
                    Providers = new[] { run.Model },
                    Metadata = new { run.RunId, Dataset = run.Dataset.Length == 0 ? null : run.Dataset },
                },
                ShareableUrl = (string?)null,
                Metadata = new { EvaluationCreatedAt = started },
            }
        );
    }

    private static object PromptOf(Run run, AnsweredSamples samples) =>
        new
        {
            Raw = RawPrompt,
            Label = LabelOf(run),
            Provider = run.Model,
            Metrics = new
            {
                Score = samples.Passed,
                TestPassCount = samples.Passed,
                TestFailCount = samples.Failed,
                TestErrorCount = samples.Errored,
                AssertPassCount = samples.Passed,
                AssertFailCount = samples.Failed,
                TotalLatencyMs = 0,
                TokenUsage = samples.Usage,
                NamedScores = new { },
                NamedScoresCount = new { },
                Cost = 0,
            },
        };

    private static PromptfooResult ResultOf(Run run, AnsweredSample answered, int index)
    {
        var (sample, candidate, isPassed) = (answered.Sample, answered.Candidate, answered.IsPassed);
        var outcome = OutcomeNames.NameOf(candidate.Outcome);
        var reason = isPassed switch
        {
            true when !answered.HasReference => "There is no reference to compare the answer with.",
            true => "The prediction is a reference.",
            false when answered.HasReference => "The prediction is no reference.",
            false => candidate.Reason ?? outcome,
            null => candidate.Reason ?? outcome,
        };
        var (success, score) = (isPassed == true, isPassed == true ? 1 : 0);
        var vars = new
        {
            sample.Id,
            sample.Input,
            Expected = sample.References,
        };
        return new PromptfooResult
        {
            TestIdx = index,
            Success = success,
            Score = score,
            Vars = vars,
            TestCase = new { Vars = vars },
            Prompt = new { Raw = sample.Input ?? "", Label = LabelOf(run) },
            Provider = new { Id = run.Model, Label = run.Model },
            Response = new { Output = OutputOf(candidate), TokenUsage = TokenUsage.From([answered]) },
            GradingResult = new
            {
                Pass = success,
                Score = score,
                Reason = reason,
                ComponentResults = Array.Empty<object>(),
            },
            FailureReason = isPassed switch
            {
                true => 0,
                false => 1,
                null => 2,
            },
            Metadata = new { Outcome = outcome, candidate.Prediction },
            Error = isPassed is null ? reason : null,
        };
    }

    /// <summary>The text; where there is none, the calls as the API has them.</summary>
    private static object? OutputOf(AnswerResult candidate) =>
        string.IsNullOrEmpty(candidate.Text) && candidate.ToolCalls is { Count: > 0 } calls
            ? calls.Select(call => new { Type = "function", Function = new { call.Name, call.Arguments } })
            : candidate.Text;

    private static string LabelOf(Run run) => run.Model ?? Roles.Candidate;

    /// <summary>A test of an export, with its members in promptfoo's order.</summary>
    private sealed record PromptfooResult
    {
        public int PromptIdx { get; }

        public required int TestIdx { get; init; }

        public required bool Success { get; init; }

        public required int Score { get; init; }

        public required object Vars { get; init; }

        public required object TestCase { get; init; }

        public required object Prompt { get; init; }

        public required object Provider { get; init; }

        public required object Response { get; init; }

        public required object GradingResult { get; init; }

        public required int FailureReason { get; init; }

        public object NamedScores { get; } = new();

        public required object Metadata { get; init; }

        public int LatencyMs { get; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }
    }
}
