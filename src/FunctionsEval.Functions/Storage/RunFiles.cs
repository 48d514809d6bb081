using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Functions.Storage;

/// <summary>How a run's JSON files are written: camelCase, no escapes beyond what JSON needs, nothing for null.</summary>
internal static class RunJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };
}

/// <summary>What a run evaluates and how it was cut: <c>manifest.json</c>.</summary>
internal sealed record RunManifest
{
    public required string RunId { get; init; }

    public required DatasetVersion Dataset { get; init; }

    public required DatasetFormat Format { get; init; }

    /// <summary>Roles in the order of the fan-out, with the name of the model in each: candidate first, then baseline if any.</summary>
    public required IReadOnlyList<RoleModel> Roles { get; init; }

    public required IReadOnlyList<ShardRange> Shards { get; init; }

    /// <summary>
    /// Bytes of the run's own copy of a packed dataset, unpacked, which the shards are ranges of; null for a plain dataset.
    /// </summary>
    public long? UnpackedBytes { get; init; }

    /// <summary>Header line of a CSV dataset; null for JSONL.</summary>
    public string? CsvHeader { get; init; }

    /// <summary>Physical lines before the first shard: those of a CSV header.</summary>
    public int HeaderLines { get; init; }

    /// <summary>The training file that samples are checked against; null when there is none.</summary>
    public TrainingFileState? Training { get; init; }

    /// <summary>Whether the run follows a fine-tuning job, so that a deployment that is not found may still appear.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>
    /// The last resumption that asks again about samples that ended as <c>exhausted</c> or <c>timed_out</c> before it; null for none. A
    /// shard whose state is older is looked at once more.
    /// </summary>
    public int? RepeatsFailedSince { get; init; }

    /// <summary>
    /// Whether the candidate's shard waits for the baseline's of the same range, because a metric compares their answers. Default false.
    /// </summary>
    public bool BaselineFirst { get; init; }

    /// <summary>The group that the run is a member of, whose cost ceiling it shares; null for a run of its own.</summary>
    public string? Group { get; init; }

    /// <summary>The run whose answers are the baseline's; null where the baseline is called, and without a baseline.</summary>
    public StoredBaseline? BaselineRun { get; init; }

    /// <summary>Version of the app that planned the run.</summary>
    public required string CodeVersion { get; init; }
}

/// <summary>A run whose answers are another run's baseline, as planning found it.</summary>
internal sealed record StoredBaseline
{
    public required string RunId { get; init; }

    /// <summary>The model that answered in it.</summary>
    public required string Model { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>ETag of its manifest: one that is resumed, or deleted and started again, has another.</summary>
    public required string Version { get; init; }

    /// <summary>How it was cut.</summary>
    public required IReadOnlyList<ShardRange> Shards { get; init; }

    /// <summary>Whether both runs read and hash the content of samples alike, so that a sample must have the same hash in both.</summary>
    public bool HasSameContents { get; init; }

    /// <summary>Fields of the spec that decide how a model answers and are different in it.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];
}

/// <summary>The training file, as planning read it.</summary>
/// <param name="File">Its blob, with the container's name.</param>
/// <param name="Rows">Rows with different words; 0 when it was not read.</param>
/// <param name="Unchecked">Why samples are not checked against it; null when they are.</param>
internal sealed record TrainingFileState(string File, int Rows, string? Unchecked)
{
    /// <summary>Why samples are checked against a part of its rows only; null when they are checked against all.</summary>
    public string? Incomplete { get; init; }
}

/// <summary>The training rows, as evaluation needs them.</summary>
/// <param name="Index">Finds samples among them; null when they are not checked.</param>
/// <param name="Examples">Turns of the examples in the prompt.</param>
internal sealed record TrainingRows(TrainingIndex? Index, IReadOnlyList<ChatMessage> Examples);

/// <summary>A model in its role.</summary>
internal sealed record RoleModel(string Role, string Model);

/// <summary>The counts of a finished shard, or of a stopped one: <c>{shard}.state.json</c>.</summary>
internal sealed record ShardState
{
    public required OutcomeCounts Outcomes { get; init; }

    /// <summary>Whether every row of the shard has an outcome; false where the run was stopped before.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The run's resumption that evaluated the last of its rows; 0 where one was stopped before.</summary>
    public int Resumption { get; init; }

    /// <summary>The number of the executor that finished it among all that had its log; 0 in states from before it was kept.</summary>
    public int Term { get; init; }

    /// <summary>Physical lines in the shard, so that later shards know their absolute line numbers.</summary>
    public required int Lines { get; init; }

    public required long InputTokens { get; init; }

    /// <summary>Of the prompts' tokens those that the endpoint took from its cache; 0 in states from before it was kept.</summary>
    public long CachedInputTokens { get; init; }

    public required long OutputTokens { get; init; }

    /// <summary>Requests sent, repeated ones included.</summary>
    public required long Requests { get; init; }

    /// <summary>Tokens that graders used, by grader.</summary>
    public IReadOnlyDictionary<string, TokenCounts> Graders { get; init; } = new Dictionary<string, TokenCounts>();

    public required GeometricHistogram Latency { get; init; }

    /// <summary>Tokens of each answer; empty in states from before it was kept.</summary>
    public GeometricHistogram AnswerTokens { get; init; } = new();

    /// <summary>Who answered; empty in states from before it was kept.</summary>
    public AnswerSources Sources { get; init; } = new();

    /// <summary>Who graded, by grader; empty in states from before it was kept.</summary>
    public IReadOnlyDictionary<string, AnswerSources> GraderSources { get; init; } = new Dictionary<string, AnswerSources>();

    /// <summary>How fast streamed answers came; empty in states from before it was kept.</summary>
    public StreamLatency Streams { get; init; } = new();

    /// <summary>How much the model wrote for itself; nothing in states from before it was kept.</summary>
    public ReasoningCounts Reasoning { get; init; } = ReasoningCounts.None;

    /// <summary>What the model's endpoint does not take; empty in states from before it was kept.</summary>
    public LeftOutCounts LeftOut { get; init; } = new();

    /// <summary>What the graders' endpoints do not take, by grader; empty in states from before it was kept.</summary>
    public IReadOnlyDictionary<string, LeftOutCounts> GraderLeftOut { get; init; } = new Dictionary<string, LeftOutCounts>();

    /// <summary>The first rows that were not scored, to show what went wrong.</summary>
    public required IReadOnlyList<UnscoredSample> Examples { get; init; }

    /// <summary>Samples that are found in the training file, by how.</summary>
    public IReadOnlyDictionary<Leak, long> Leaks { get; init; } = new Dictionary<Leak, long>();

    /// <summary>Malformed rows per reason.</summary>
    public required IReadOnlyDictionary<string, int> MalformedReasons { get; init; }

    /// <summary>Why samples do not count, lines relative to the shard; empty in states from before it was kept.</summary>
    public IReadOnlyList<OutcomeReason> Reasons { get; init; } = [];
}

/// <summary>Tokens that were billed.</summary>
internal sealed record TokenCounts(long Input, long Output)
{
    public static TokenCounts None { get; } = new(0, 0);

    /// <summary>Of the prompts' tokens those that the endpoint took from its cache; 0 in states from before it was kept.</summary>
    public long CachedInput { get; init; }

    public static TokenCounts operator +(TokenCounts left, TokenCounts right) =>
        new(left.Input + right.Input, left.Output + right.Output) { CachedInput = left.CachedInput + right.CachedInput };
}
