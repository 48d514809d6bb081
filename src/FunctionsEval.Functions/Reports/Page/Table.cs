namespace FunctionsEval.Functions.Reports.Page;

/// <summary>A table; on a phone each row is a card.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows; each has a cell for every column.</param>
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows) : ReportBlock
{
    public override string Template => "table";

    /// <summary>What the table shows.</summary>
    public required string Caption { get; init; }

    /// <summary>Whether the caption is for those who listen to the page, because a heading says the same.</summary>
    public bool IsCaptionHidden { get; init; }

    /// <summary>The columns of these names: the first names the rows.</summary>
    public static IReadOnlyList<Column> Named(params IEnumerable<string> names) => [.. names.Select(name => new Column(name))];
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its header.</param>
/// <param name="IsNumber">Whether its cells are numbers.</param>
internal sealed record Column(string Name, bool IsNumber = false)
{
    public static implicit operator Column(string name) => new(name);

    /// <summary>A column of numbers.</summary>
    public static Column Number(string name) => new(name, IsNumber: true);
}

/// <summary>A row of a table.</summary>
/// <param name="Header">The cell that names it.</param>
/// <param name="Cells">The other cells.</param>
internal sealed record Row(Cell Header, IReadOnlyList<Cell> Cells);

/// <summary>A cell of a table: a text or a chart.</summary>
/// <param name="Text">The text; null for a chart.</param>
/// <param name="CssClass">Its class; null for none.</param>
internal sealed record Cell(string? Text, string? CssClass = null)
{
    public const string None = "–";

    /// <summary>What explains the text, in smaller letters; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Where the text leads; null for nowhere.</summary>
    public string? Href { get; init; }

    /// <summary>The chart; null for a text.</summary>
    public ReportBlock? Chart { get; init; }

    public static implicit operator Cell(string? text) => new(text ?? None);
}
