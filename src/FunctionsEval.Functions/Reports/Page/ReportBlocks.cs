namespace FunctionsEval.Functions.Reports.Page;

/// <summary>A part of the page. It is data: the template that is named here has the markup.</summary>
internal abstract record ReportBlock
{
    /// <summary>The template's file name, without its extension.</summary>
    public abstract string Template { get; }
}

/// <summary>A section of the page.</summary>
/// <param name="Id">Where links of the page lead; no other section has it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What is below it.</param>
internal sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);

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

/// <summary>Terms and what they are.</summary>
internal sealed record Facts(IReadOnlyList<Fact> Items) : ReportBlock
{
    public override string Template => "facts";
}

/// <summary>A term and what it is.</summary>
internal sealed record Fact(string Term, string Description);

/// <summary>Blocks that a reader opens and closes.</summary>
/// <param name="Title">What is always seen.</param>
/// <param name="IsOpen">Whether they are open at first.</param>
/// <param name="Blocks">The blocks.</param>
internal sealed record Details(string Title, bool IsOpen, IReadOnlyList<ReportBlock> Blocks) : ReportBlock
{
    public override string Template => "details";

    /// <summary>A number that stands before the title, for lists of such details; null for none.</summary>
    public string? Count { get; init; }

    /// <summary>What stands after the title in smaller letters; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>Lists beside each other where there is room, below each other on a phone.</summary>
internal sealed record Beside(IReadOnlyList<Card> Cards) : ReportBlock
{
    public override string Template => "beside";
}

/// <summary>A framed part of the page.</summary>
/// <param name="Id">Where links lead.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What is below it.</param>
internal sealed record Card(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A list of sentences, each with a colour.</summary>
/// <param name="Items">The sentences.</param>
internal sealed record Notices(IReadOnlyList<Notice> Items) : ReportBlock
{
    public override string Template => "notices";
}

/// <summary>A sentence of a list.</summary>
/// <param name="CssClass">Its class.</param>
/// <param name="Sign">A character that says the same as the class.</param>
/// <param name="Word">The same in a word, for those who listen to the page.</param>
/// <param name="Text">The sentence.</param>
internal sealed record Notice(string CssClass, string Sign, string Word, string Text);
