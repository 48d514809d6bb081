using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Reads datasets that tests write down as text.</summary>
internal static class DatasetText
{
    public static DatasetReadOptions Options(DatasetFormat? format = null, TaskDefinition? task = null, params string[] labels) =>
        new()
        {
            Format = format ?? JsonlFormat.Instance,
            Shape = (task ?? GenerationTask.Instance).ShapeOf(new TaskOptions { Labels = labels }),
        };

    /// <summary>The format of a file's ending.</summary>
    public static DatasetFormat Format(string ending) => DatasetFormatCatalog.Find($".{ending}")!;

    public static Task<List<DatasetRow>> ReadAsync(string text, DatasetReadOptions? options = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), options);

    public static async Task<List<DatasetRow>> ReadAsync(byte[] bytes, DatasetReadOptions? options = null) =>
        (await ReadWithLinesAsync(bytes, options)).Rows;

    public static async Task<(List<DatasetRow> Rows, int Lines)> ReadWithLinesAsync(byte[] bytes, DatasetReadOptions? options = null)
    {
        // Small pieces, so that rows span reads.
        using var stream = new PiecewiseStream(bytes, 7);
        var reader = (options ?? Options()).CreateReader();
        List<DatasetRow> rows = [];
        await foreach (var row in reader.ReadAsync(stream))
        {
            rows.Add(row);
        }

        return (rows, reader.LinesRead);
    }

    public static async Task<Sample> ReadSampleAsync(string text, DatasetReadOptions? options = null) =>
        Assert.IsType<ValidRow>(Assert.Single(await ReadAsync(text, options))).Sample;

    public static async Task<MalformedRow> ReadMalformedAsync(string text, DatasetReadOptions? options = null) =>
        Assert.IsType<MalformedRow>(Assert.Single(await ReadAsync(text, options)));

    public static RangeRead Range(byte[] bytes) =>
        (offset, length, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(bytes.AsMemory((int)offset, length));

    private sealed class PiecewiseStream(byte[] bytes, int most) : MemoryStream(bytes, writable: false)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
