namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Numbers with their intervals on one axis, a line each.</summary>
/// <param name="Title">What is measured; null where a heading says it.</param>
/// <param name="Sentence">What the numbers say; null for nothing.</param>
/// <param name="Lines">The numbers.</param>
/// <param name="Ticks">The axis' texts.</param>
/// <param name="Notes">What the marks are.</param>
internal sealed record IntervalPlot(
    string? Title,
    string? Sentence,
    IReadOnlyList<PlotLine> Lines,
    IReadOnlyList<PlotTick> Ticks,
    IReadOnlyList<string> Notes
) : ReportBlock
{
    public override string Template => "interval_plot";
}

/// <summary>A number of an interval plot.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">What that is; null where the name says it.</param>
/// <param name="Text">The number.</param>
/// <param name="Note">Its interval, or why it has none.</param>
/// <param name="CssClass">The class that gives the line its colour.</param>
/// <param name="Track">The line's marks.</param>
internal sealed record PlotLine(string Name, string? Role, string Text, string? Note, string CssClass, Track Track);

/// <summary>A text of an axis.</summary>
/// <param name="X">Where it is, % of the axis.</param>
/// <param name="Anchor">Which part of the text is there.</param>
/// <param name="Text">The text.</param>
internal sealed record PlotTick(string X, string Anchor, string Text);

/// <summary>Marks on a line of an axis.</summary>
/// <param name="Label">The marks in words.</param>
/// <param name="Marks">The marks, what lies on top last.</param>
internal sealed record Track(string Label, IReadOnlyList<TrackMark> Marks) : ReportBlock
{
    public override string Template => "track";
}

/// <summary>A mark.</summary>
/// <param name="Kind">Its form: <c>grid</c>, <c>reference</c>, <c>bound</c>, <c>range</c>, <c>mark</c> or <c>hollow</c>.</param>
/// <param name="X">Where it is, or begins, % of the axis.</param>
/// <param name="End">Where it ends; null for one that is at one place.</param>
internal sealed record TrackMark(string Kind, string X, string? End = null);
