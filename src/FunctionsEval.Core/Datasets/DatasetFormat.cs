using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// A format of datasets: which files have it, how they are cut, and how their rows are read. Formats have no state;
/// <see cref="DatasetFormatCatalog"/> has one object of each.
/// </summary>
[JsonConverter(typeof(DatasetFormatConverter))]
public abstract class DatasetFormat
{
    private protected DatasetFormat() { }

    /// <summary>The number that stands for the format in JSON, in manifests of runs. It never changes.</summary>
    public abstract int Code { get; }

    /// <summary>The name that messages use: <c>JSONL</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The endings of the names of its files, with the dot and in lower case, the usual one first.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>
    /// Whether a field may hold lists and objects, and may be absent. Otherwise all fields are texts, and an empty one counts as absent.
    /// </summary>
    public abstract bool HasNestedValues { get; }

    /// <summary>Offset after the first rows of a dataset; its length when it has no more. Reads no further than that.</summary>
    /// <param name="read">Reads the dataset.</param>
    /// <param name="length">Bytes of the dataset.</param>
    /// <param name="rows">How many rows, at least 1. Empty lines and a header are none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public abstract Task<long> EndOfAsync(RangeRead read, long length, long rows, CancellationToken cancellationToken = default);

    /// <summary>The format's name.</summary>
    public override string ToString() => Name;

    /// <summary>Creates what reads rows of a range.</summary>
    internal abstract DatasetReader CreateReader(DatasetReadOptions options);

    /// <summary>Cuts a dataset into shards.</summary>
    /// <param name="read">Reads the dataset.</param>
    /// <param name="length">Bytes of the dataset, at least 1.</param>
    /// <param name="options">How large shards become.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    internal abstract Task<ShardPlan> PlanAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    );

    /// <summary>Finds what a content is instead of a dataset of this format; null when it may be one.</summary>
    /// <param name="head">The content's first bytes.</param>
    internal abstract Misfit? FindMisfit(ReadOnlySpan<byte> head);

    /// <summary>Finds what a content with one malformed row is; null when nothing more is known.</summary>
    /// <param name="row">The row.</param>
    internal virtual Misfit? FindMisfitOfOnlyRow(ReadOnlySpan<byte> row) => null;

    /// <summary>How many of a dataset's first bytes are whole rows.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    internal abstract Task<int> EndOfWholeRowsAsync(ReadOnlyMemory<byte> head, CancellationToken cancellationToken);
}
