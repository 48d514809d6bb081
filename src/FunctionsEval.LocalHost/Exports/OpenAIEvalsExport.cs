using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// A run of OpenAI's Evals API as its <c>GET</c> returns it (openai-python's <c>RunRetrieveResponse</c>): a sample passes when the
/// candidate's prediction is a reference or there is none, and is errored when it was not answered.
/// </summary>
internal static class OpenAIEvalsExport
{
    public static string Write(ExportSource source, AnsweredSamples samples)
    {
        var (run, usage) = (source.Run, samples.Usage);
        var compared = samples.All.Where(sample => sample.HasReference).ToList();
        return ExportJson.Write(
            new
            {
                Object = "eval.run",
                Id = run.RunId,
                EvalId = run.Suite ?? run.Dataset,
                source.Name,
                run.Model,
                CreatedAt = (run.Started ?? DateTimeOffset.UnixEpoch).ToUnixTimeSeconds(),
                Status = run.Status switch
                {
                    RunStatus.Completed => "completed",
                    RunStatus.Cancelled => "canceled",
                    _ => "failed",
                },
                ReportUrl = "",
                DataSource = new { Type = "jsonl", Source = new { Type = "file_id", Id = run.Dataset } },
                Error = run.ErrorCode is { } code ? new { Code = code, Message = run.ErrorMessage ?? "" } : null,
                Metadata = new { },
                ResultCounts = new
                {
                    Total = samples.All.Count,
                    samples.Errored,
                    samples.Failed,
                    samples.Passed,
                },
                PerTestingCriteriaResults = compared.Count == 0 ? [] : new[] { CriterionOf(compared) },
                PerModelUsage = new[]
                {
                    new
                    {
                        ModelName = run.Model,
                        InvocationCount = samples.All.Count,
                        PromptTokens = usage.Prompt,
                        CompletionTokens = usage.Completion,
                        TotalTokens = usage.Total,
                        CachedTokens = 0,
                    },
                },
                run.Warnings,
            },
            snakeCase: true
        );
    }

    private static object CriterionOf(IReadOnlyCollection<AnsweredSample> compared) =>
        new
        {
            TestingCriteria = "prediction is a reference",
            Passed = compared.Count(sample => sample.IsPassed == true),
            Failed = compared.Count(sample => sample.IsPassed == false),
        };
}
