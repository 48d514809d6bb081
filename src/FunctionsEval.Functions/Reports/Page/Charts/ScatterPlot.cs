namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Dots over two axes.</summary>
/// <param name="Label">What it shows, in a sentence.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Dots">The dots.</param>
internal sealed record ScatterPlot(string Label, PlotScale X, PlotScale Y, IReadOnlyList<PlottedDot> Dots) : ReportBlock
{
    /// <summary>The plot's width and height, in the chart's own units.</summary>
    public const double Size = 260;

    public override string Template => "scatter_plot";

    /// <summary>Whether the diagonal, on which both axes are equal, is drawn.</summary>
    public bool HasDiagonal { get; init; }

    /// <summary>What the dots are; empty where the label says it.</summary>
    public IReadOnlyList<PlotKey> Keys { get; init; } = [];

    /// <summary>The axis' texts from left to right.</summary>
    public IReadOnlyList<PlotTick> Columns => X.Ticks(Size);

    /// <summary>The axis' texts, by their distance from the top.</summary>
    public IReadOnlyList<PlotTick> Rows => Y.Ticks(Size, fromTop: true);

    /// <summary>A dot at two values.</summary>
    /// <param name="x">Its horizontal value.</param>
    /// <param name="y">Its vertical value.</param>
    /// <param name="radius">Its radius, in the chart's own units.</param>
    /// <param name="series">The class that gives it its colour.</param>
    /// <param name="title">What it is, in words.</param>
    /// <param name="text">What stands beside it; null for nothing.</param>
    public PlottedDot Dot(double x, double y, double radius, string series, string title, string? text = null) =>
        new(PlotScale.Units(X.Place(x) * Size), PlotScale.Units((1 - Y.Place(y)) * Size), PlotScale.Units(radius), series, title, text);
}

/// <summary>A dot of a plot.</summary>
internal sealed record PlottedDot(string X, string Y, string Radius, string CssClass, string Title, string? Text)
{
    /// <summary>Whether it is a ring, so that colour alone does not tell two models apart.</summary>
    public bool IsHollow { get; init; }
}

/// <summary>What the dots of a colour and form are.</summary>
internal sealed record PlotKey(string CssClass, string Sign, string Name);
