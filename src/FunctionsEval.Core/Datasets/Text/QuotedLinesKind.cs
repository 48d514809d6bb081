namespace FunctionsEval.Core.Datasets.Text;

/// <summary>What the lines are that one quoted field takes in.</summary>
internal enum QuotedLinesKind
{
    /// <summary>A text of several lines.</summary>
    Text,

    /// <summary>Mostly rows: a stray quote opens the field, or a text looks like rows.</summary>
    MostlyRows,

    /// <summary>Rows, every one of them, divided by tabs.</summary>
    Rows,
}
