using System.Text.Json;
using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>One JSON object a line.</summary>
public sealed class JsonlFormat : TextFormat
{
    /// <summary>The format.</summary>
    public static readonly JsonlFormat Instance = new();

    private JsonlFormat() { }

    /// <inheritdoc/>
    public override int Code => 0;

    /// <inheritdoc/>
    public override string Name => "JSONL";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson"];

    /// <inheritdoc/>
    public override bool HasNestedValues => true;

    internal override bool HasHeader => false;

    internal override bool IsBlank(ReadOnlySpan<byte> row) => row.IndexOfAnyExcept(" \t\r"u8) < 0;

    internal override RowScanner CreateScanner(string? header = null) => new LineScanner();

    internal override RowParser CreateParser(DatasetReadOptions options) => new Parser(options.Columns);

    internal override Task<ShardPlan> PlanAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    ) => JsonlPlanner.PlanAsync(read, length, options, cancellationToken);

    internal override Misfit? FindMisfitOfOnlyRow(ReadOnlySpan<byte> row) =>
        JsonFileFix.InObject(row) is { } fix ? new Misfit(DatasetProblems.NotJsonLines, fix, 1) : null;

    private protected override Misfit? FindMisfitOfText(ReadOnlySpan<byte> head)
    {
        var text = head.StartsWith(Utf8Text.Bom) ? head[Utf8Text.Bom.Length..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        var isSpread = text is [(byte)'{', ..] && text[1..].TrimStart(" \t\r"u8) is [(byte)'\n', ..];
        return text is [(byte)'<', ..]
                ? new Misfit(DatasetProblems.NotJsonLines, "is HTML or XML, perhaps an error page that was saved. Upload JSONL.", 1)
            : (isSpread || text is [(byte)'[', ..]) && JsonFileFix.Find(text) is { } fix ? new Misfit(DatasetProblems.NotJsonLines, fix, 1)
            : null;
    }

    private sealed class Parser(ColumnSpec columns) : RowParser
    {
        public override ColumnSpec Columns => columns;

        public override RowProblem? Parse(ReadOnlyMemory<byte> row, RowSplitter splitter, out JsonElement fields) =>
            JsonRow.Parse(row, out fields);
    }
}
