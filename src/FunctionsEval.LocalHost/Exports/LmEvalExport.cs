using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// Results as lm-evaluation-harness 0.4 writes them and its <c>make_table</c> reads them: the candidate's numbers over the whole dataset,
/// with the standard error that their interval implies (its width ÷ 2 ÷ 1.96), or "N/A" without one. The spec's level of the interval is
/// taken to be 0.95.
/// </summary>
internal static class LmEvalExport
{
    /// <summary>Of the standard normal distribution, at 0.975.</summary>
    private const double NormalQuantile = 1.959963984540054;

    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static string Write(ExportSource source)
    {
        var (run, summary, name) = (source.Run, source.RequireSummary(), source.Name);
        // The harness splits a metric's name at the comma, and its logger a task's name at the slash.
        var task = name.Replace('/', '_');
        var (results, directions) = (new Dictionary<string, object?> { ["alias"] = name }, new Dictionary<string, bool>());
        foreach (var value in summary.Metrics.Where(value => value is { Role: Roles.Candidate, Slice: MetricReport.AllSamples }))
        {
            var metric = value.Name.Replace(",", "%2C", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
            results[$"{metric},none"] = value.Value is { } number ? new PythonFloat(number) : null;
            results[$"{metric}_stderr,none"] = value is { Lower: { } lower, Upper: { } upper }
                ? new PythonFloat((upper - lower) / 2 / NormalQuantile)
                : "N/A";
            directions[metric] = value.HigherIsBetter;
        }

        return ExportJson.Write(
            new Dictionary<string, object?>
            {
                ["results"] = ByTask(results),
                ["group_subtasks"] = ByTask(Array.Empty<string>()),
                ["configs"] = ByTask(summary.Spec),
                ["versions"] = ByTask(1),
                ["n-shot"] = ByTask(ShotsOf(summary.Spec)),
                ["higher_is_better"] = ByTask(directions),
                ["n-samples"] = ByTask(new { original = summary.Dataset.Samples, effective = summary.Dataset.Samples }),
                ["config"] = new { model = run.Model },
                ["model_name"] = run.Model,
                ["warnings"] = source.Warnings,
            }
        );

        Dictionary<string, T> ByTask<T>(T value) => new() { [task] = value };
    }

    private static int ShotsOf(JsonElement spec) => spec.Deserialize<SpecView>(JsonSerializerOptions.Web)?.Prompt?.FewShot?.Count ?? 0;

    /// <summary>What is read of a spec.</summary>
    private sealed record SpecView(PromptView? Prompt);

    private sealed record PromptView(FewShotView? FewShot);

    private sealed record FewShotView(int? Count);
}
