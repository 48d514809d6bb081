using System.Globalization;
using System.Text;

namespace FunctionsEval.Functions.Storage;

/// <summary>Names of containers, tables and blobs, in one place.</summary>
internal static class StorageNames
{
    public const string Datasets = "datasets";
    public const string Runs = "runs";
    public const string RunsTable = "EvaluationRuns";
    public const string MetricsTable = "EvaluationMetrics";
    public const string IndexTable = "EvaluationIndex";
    public const string EventsTable = "EvaluationEvents";

    public static string Spec(string runId) => $"{runId}/spec.json";

    public static string Manifest(string runId) => $"{runId}/manifest.json";

    public static string TrainingIndex(string runId) => $"{runId}/training.index";

    public static string TrainingExamples(string runId) => $"{runId}/few-shot.json";

    /// <summary>Where a fine-tuning job's training file is kept, for all its runs.</summary>
    public static string JobTrainingFile(string jobId) => $"fine-tune-{jobId}/training.jsonl";

    public static string Summary(string runId) => $"{runId}/summary.json";

    public static string Report(string runId) => $"{runId}/report.html";

    public static string Samples(string runId) => $"{runId}/samples.jsonl";

    public static string RowLog(string runId, string role, int shard) => ShardFile(runId, role, shard, "jsonl");

    public static string ShardState(string runId, string role, int shard) => ShardFile(runId, role, shard, "state.json");

    public static string ShardStatistics(string runId, string role, int shard) => ShardFile(runId, role, shard, "statistics.bin");

    /// <summary>
    /// Escapes what a table key may not hold (/ \ # ? and control characters), and the escape character itself, as %XX.
    /// </summary>
    public static string EscapeKey(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var character in value)
        {
            if (character is '/' or '\\' or '#' or '?' or '%' || char.IsControl(character))
                escaped.Append('%').Append(((int)character).ToString("X2", CultureInfo.InvariantCulture));
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static string ShardFile(string runId, string role, int shard, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{runId}/{role}/shards/{shard:D6}.{extension}");
}
