using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FunctionsEval.Core.Metrics.Words;

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
    public const string SuitesTable = "EvaluationSuites";

    /// <summary>Longest table key in UTF-16 characters: 1 KiB.</summary>
    public const int MaxKeyLength = 512;

    private const char KeySeparator = '|';
    private const string HashMark = "%~";
    private const int HashBytes = 16;

    public static string Spec(string runId) => $"{runId}/spec.json";

    public static string Manifest(string runId) => $"{runId}/manifest.json";

    public static string TrainingIndex(string runId) => $"{runId}/training.index";

    public static string TrainingExamples(string runId) => $"{runId}/few-shot.json";

    /// <summary>Where a fine-tuning job's training file is kept, for all its runs.</summary>
    public static string JobTrainingFile(string jobId) => $"fine-tune-{jobId}/training.jsonl";

    public static string Summary(string runId) => $"{runId}/summary.json";

    public static string Report(string runId) => $"{runId}/report.html";

    /// <summary>What a suite run evaluates.</summary>
    public static string SuitePlan(string suiteRunId) => $"{suiteRunId}/suite.json";

    /// <summary>A packed dataset, unpacked.</summary>
    public static string UnpackedDataset(string runId) => $"{runId}/dataset.unpacked";

    public static string Samples(string runId) => $"{runId}/samples.jsonl";

    /// <summary>What a range of shards merges to, while the run is under way.</summary>
    public static string Merged(string runId, string version, int first) =>
        string.Create(CultureInfo.InvariantCulture, $"{MergedFolder(runId)}{version}/{first:D6}.bin");

    /// <summary>What the same range adds up to when it is paired with that of the previous run.</summary>
    public static string Pairs(string runId, string version, int first) =>
        string.Create(CultureInfo.InvariantCulture, $"{MergedFolder(runId)}{version}/{first:D6}.pairs.bin");

    /// <summary>The folder of <see cref="Merged"/> and <see cref="Pairs"/>.</summary>
    public static string MergedFolder(string runId) => $"{runId}/merged/";

    /// <summary>What all samples of a group's member add up to.</summary>
    public static string Scoreboard(string runId) => $"{runId}/scoreboard.bin";

    /// <summary>What people said of the run's samples.</summary>
    public static string Reviews(string runId) => $"{runId}/reviews.jsonl";

    /// <summary>By which samples are found; it is made again where it is missing.</summary>
    public static string SampleIndex(string runId) => $"{runId}/samples.index";

    /// <summary>The metrics' values for each sample.</summary>
    public static string SampleScores(string runId) => $"{runId}/samples.scores";

    /// <summary>A blob of a shard log; almost every log has one only.</summary>
    public static string ShardLog(string runId, string role, int shard, int part = 0) =>
        ShardFile(runId, role, shard, part == 0 ? "jsonl" : string.Create(CultureInfo.InvariantCulture, $"{part}.jsonl"));

    public static string ShardState(string runId, string role, int shard) => ShardFile(runId, role, shard, "state.json");

    public static string ShardStatistics(string runId, string role, int shard) => ShardFile(runId, role, shard, "statistics.bin");

    /// <summary>
    /// A table key of one or more parts, separated by <c>|</c>. What a key may not hold (/ \ # ? and control characters), and the escape
    /// character itself, is written as %XX. A key of more than 512 characters, the service's limit, is cut and ends with a hash of the
    /// whole.
    /// </summary>
    public static string Key(params ReadOnlySpan<string> parts) =>
        Escape(parts) is { Length: <= MaxKeyLength } key ? key : HashedKey(parts);

    /// <summary>
    /// The same with the hash in any case: for parts whose key is taken, because one of them holds the separator. The hash is of the parts
    /// and their lengths. No other key looks like this one: elsewhere % stands before two hexadecimal digits only.
    /// </summary>
    public static string HashedKey(params ReadOnlySpan<string> parts)
    {
        var whole = new StringBuilder();
        foreach (var part in parts)
        {
            whole.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole.ToString())).AsSpan(0, HashBytes));
        var readable = Escape(parts);
        var length = MaxKeyLength - HashMark.Length - hash.Length;
        return (readable.Length <= length ? readable : readable[..WholeText.LengthOf(readable, length)]) + HashMark + hash;
    }

    private static string Escape(ReadOnlySpan<string> parts)
    {
        var key = new StringBuilder();
        for (var part = 0; part < parts.Length; part++)
        {
            if (part > 0)
            {
                key.Append(KeySeparator);
            }

            foreach (var character in parts[part])
            {
                if (character is '/' or '\\' or '#' or '?' or '%' || char.IsControl(character))
                {
                    key.Append('%').Append(((int)character).ToString("X2", CultureInfo.InvariantCulture));
                }
                else
                {
                    key.Append(character);
                }
            }
        }

        return key.ToString();
    }

    private static string ShardFile(string runId, string role, int shard, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{runId}/{role}/shards/{shard:D6}.{extension}");
}
