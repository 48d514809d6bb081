namespace FunctionsEval.Core.Metrics;

/// <summary>
/// A kind of table that a metric yields beside its numbers: where results list such tables, and how one is written and shown. Nothing else
/// in the code knows one kind from another.
/// </summary>
public sealed record MetricTableKind
{
    /// <summary>The member of results that lists the tables of this kind, for example <c>confusionMatrices</c>.</summary>
    public required string Member { get; init; }

    /// <summary>The member of a table that holds its rows, for example <c>counts</c>. No two kinds have the same.</summary>
    public required string RowsMember { get; init; }

    /// <summary>
    /// What the columns are called; a row is then written as an object with these members. Empty for a matrix of labels, whose rows are
    /// written as lists.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The heading in reports.</summary>
    public required string Title { get; init; }

    /// <summary>What a reader has to know to read the table; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>How reports draw the table; null where they show it in rows and columns.</summary>
    public TablePlot? Plot { get; init; }
}

/// <summary>A plot of a table: a dot a row, in a square from 0 to 1 with its diagonal.</summary>
/// <param name="X">The column of the horizontal place, 0–1.</param>
/// <param name="Y">The column of the vertical place, 0–1.</param>
/// <param name="Weight">The column whose share is the dot's area.</param>
/// <param name="XName">What the horizontal axis is called.</param>
/// <param name="YName">What the vertical axis is called.</param>
/// <param name="WeightName">What the weight counts.</param>
public sealed record TablePlot(string X, string Y, string Weight, string XName, string YName, string WeightName);

/// <summary>A table that a metric yields beside its numbers.</summary>
public sealed record MetricTable
{
    /// <summary>What the table is.</summary>
    public required MetricTableKind Kind { get; init; }

    /// <summary>The metric's signature, where two tables of the kind can differ by it; null where it says nothing.</summary>
    public string? Signature { get; init; }

    /// <summary>
    /// The labels of a matrix, in the order of its rows and columns; of a table with columns the names of its rows; null where rows have no
    /// names.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>
    /// The rows. Of a matrix each has a number for every label, and a last one for all that is no label; of others one for every column of
    /// <see cref="MetricTableKind.Columns"/>.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<double>> Rows { get; init; }

    /// <summary>The numbers of one column.</summary>
    /// <param name="name">One of <see cref="MetricTableKind.Columns"/>.</param>
    public IReadOnlyList<double> Column(string name)
    {
        var index = Kind.Columns.Index().First(column => column.Item == name).Index;
        return [.. Rows.Select(row => row[index])];
    }
}
