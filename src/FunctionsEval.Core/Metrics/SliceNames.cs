namespace FunctionsEval.Core.Metrics;

/// <summary>Names of slices that do not come from a sample's tags.</summary>
public static class SliceNames
{
    /// <summary>The whole dataset.</summary>
    public const string All = "all";

    /// <summary>Tag of the slices by whether a sample was found in the training file: <c>leaked=yes</c>, <c>leaked=no</c>.</summary>
    public const string Leaked = "leaked";

    /// <summary>Tag of the slices by answer where each sample is answered several times: <c>repeat=1</c> and so on.</summary>
    public const string Repeat = "repeat";

    /// <summary>
    /// Tag of the slices by turn where each trained turn of a conversation is a sample: <c>turn=1</c> to <c>turn=10</c>. Otherwise it is a
    /// tag like any other.
    /// </summary>
    public const string Turn = "turn";

    /// <summary>Maximum number of turns that have a slice of their own. Later turns are in the whole dataset alone.</summary>
    public const int MaxTurns = 10;

    /// <summary>Whether a slice holds one of a sample's several answers.</summary>
    public static bool IsOfRepeat(string slice) => slice.StartsWith(Repeat + '=', StringComparison.Ordinal);

    /// <summary>The tags that no sample gives and no spec may list: the app makes their slices itself.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Leaked, Repeat];

    /// <summary>Whether a slice is one by turn.</summary>
    /// <param name="slice">The slice.</param>
    internal static bool IsOfTurn(string slice) => slice.StartsWith(Turn + "=", StringComparison.Ordinal);
}
