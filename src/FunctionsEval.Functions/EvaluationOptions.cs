using System.ComponentModel.DataAnnotations;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions;

/// <summary>App settings <c>Evaluation__…</c>: how datasets are taken in and cut into shards.</summary>
internal sealed class EvaluationOptions
{
    public const string Section = "Evaluation";

    /// <summary>
    /// Rows a shard aims at in a small dataset; fewer where a spec asks for several answers to each (repeats), or where the model has few
    /// slots (eight rows for each of <c>MaxConcurrency</c>, at least 100). Default 500.
    /// </summary>
    [Range(1, 100_000)]
    public int MinRowsPerShard { get; set; } = 500;

    /// <summary>
    /// Rows a shard aims at in a large dataset; fewer where a spec asks for several answers to each (repeats). Default 2000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxRowsPerShard { get; set; } = 2000;

    /// <summary>
    /// Largest dataset that is taken in the body of a request, in bytes; larger ones are uploaded to the container. The host must take a
    /// little more (<c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>), or it refuses such a body before the app can say why. Default 100 MiB.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public long MaxUploadBytes { get; set; } = 100 << 20;

    /// <summary>
    /// Largest text that a compressed or Parquet dataset is unpacked to, in bytes; each run keeps such a copy. Default 4 GiB.
    /// </summary>
    [Range(1, 1_000_000_000_000)]
    public long MaxUnpackedBytes { get; set; } = 4L << 30;

    /// <summary>
    /// Currency of the models' prices, three capital letters (ISO 4217): it stands behind every cost that people read. Default USD.
    /// </summary>
    [RegularExpression("[A-Z]{3}", ErrorMessage = "Evaluation__Currency: write three capital letters, for example EUR.")]
    public string Currency { get; set; } = RunOverview.DefaultCurrency;

    /// <summary>
    /// How long one call of EvaluateShard sends requests to models before it hands back to the orchestration; shorter where host.json's
    /// functionTimeout, less the models' time-outs and a minute, says so. Default 4 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan ShardSoftDeadline { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>
    /// How long requests that were sent are waited for when the host stops (a deployment, a scale-in): they are paid for. Default 10
    /// seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(10);
}
