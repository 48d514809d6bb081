namespace FunctionsEval.Functions.Reports.Page;

/// <summary>A part of the page. It is data: the template that is named here has the markup.</summary>
internal abstract record ReportBlock
{
    /// <summary>The template's file name, without its extension.</summary>
    public abstract string Template { get; }
}

/// <summary>A section of the page.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What is below it.</param>
internal sealed record ReportSection(string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A sentence or two.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsNote">Whether it explains what is above it, in smaller letters.</param>
internal sealed record Paragraph(string Text, bool IsNote = false) : ReportBlock
{
    public override string Template => "paragraph";
}

/// <summary>A text with its own lines, such as a command or JSON.</summary>
internal sealed record Preformatted(string Text) : ReportBlock
{
    public override string Template => "preformatted";
}

/// <summary>Blocks that a reader opens and closes.</summary>
/// <param name="Title">What is always seen.</param>
/// <param name="IsOpen">Whether they are open at first.</param>
/// <param name="Blocks">The blocks.</param>
internal sealed record Details(string Title, bool IsOpen, IReadOnlyList<ReportBlock> Blocks) : ReportBlock
{
    public override string Template => "details";
}

/// <summary>A list of sentences, each with a colour.</summary>
/// <param name="CssClass">The list's classes.</param>
/// <param name="Items">The sentences.</param>
internal sealed record Notices(string CssClass, IReadOnlyList<Notice> Items) : ReportBlock
{
    public override string Template => "notices";
}

/// <summary>A sentence of a list.</summary>
/// <param name="CssClass">Its class; with a sign it is its first word, too.</param>
/// <param name="Sign">A character that says the same as the class; null for none.</param>
/// <param name="Text">The sentence.</param>
internal sealed record Notice(string CssClass, string? Sign, string Text);

/// <summary>A table.</summary>
/// <param name="Columns">The columns' names; an empty one over row headers is no header cell.</param>
/// <param name="Rows">The rows.</param>
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows) : ReportBlock
{
    public override string Template => "table";

    /// <summary>What the table is called where it scrolls by itself; null for one that does not.</summary>
    public string? Label { get; init; }

    public string? Caption { get; init; }

    public string? CssClass { get; init; }

    /// <summary>The columns of these names.</summary>
    public static IReadOnlyList<Column> Named(params IEnumerable<string> names) => [.. names.Select(name => new Column(name))];
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its header.</param>
/// <param name="IsHidden">Whether the header is for those who listen to the page.</param>
internal sealed record Column(string Name, bool IsHidden = false);

/// <summary>A row of a table.</summary>
/// <param name="Header">The cell that names it.</param>
/// <param name="Cells">The other cells.</param>
internal sealed record Row(string Header, IReadOnlyList<Cell> Cells);

/// <summary>A cell of a table: a text or a chart.</summary>
/// <param name="Text">The text; null for a chart.</param>
/// <param name="CssClass">Its class; null for none.</param>
internal sealed record Cell(string? Text, string? CssClass = null)
{
    public const string None = "–";

    /// <summary>A style of its own; null for none.</summary>
    public string? Style { get; init; }

    /// <summary>Where the text leads; null for nowhere.</summary>
    public string? Href { get; init; }

    /// <summary>The chart; null for a text.</summary>
    public ReportBlock? Chart { get; init; }

    public static implicit operator Cell(string? text) => new(text ?? None);
}
