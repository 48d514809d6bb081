using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions;

/// <summary>App settings <c>Evaluation__…</c>: how datasets are taken in and cut into shards.</summary>
internal sealed class EvaluationOptions
{
    public const string Section = "Evaluation";

    /// <summary>Rows a shard aims at in a small dataset. Default 200.</summary>
    [Range(1, 100_000)]
    public int MinRowsPerShard { get; set; } = 200;

    /// <summary>Rows a shard aims at in a large dataset. Default 2000.</summary>
    [Range(1, 100_000)]
    public int MaxRowsPerShard { get; set; } = 2000;

    /// <summary>
    /// Largest dataset that is taken in the body of a request, in bytes; larger ones are uploaded to the container. The host must take a
    /// little more (<c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>), or it refuses such a body before the app can say why. Default 100 MiB.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public long MaxUploadBytes { get; set; } = 100 << 20;

    /// <summary>
    /// How long one call of EvaluateShard starts new model calls before it hands back to the orchestration. Must stay,
    /// with the longest model timeout, under host.json's functionTimeout. Default 4 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan ShardSoftDeadline { get; set; } = TimeSpan.FromMinutes(4);
}
