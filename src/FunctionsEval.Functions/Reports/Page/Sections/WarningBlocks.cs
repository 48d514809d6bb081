namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The warnings about the numbers, the first of them open.</summary>
internal static class WarningBlocks
{
    private const int MaxOpen = 3;

    public static IEnumerable<ReportBlock> Create(IReadOnlyList<string> warnings)
    {
        if (warnings.Count > 0)
        {
            yield return ListOf(warnings.Take(MaxOpen));
        }

        if (warnings.Count > MaxOpen)
        {
            yield return new Details("more warnings", IsOpen: false, [ListOf(warnings.Skip(MaxOpen))])
            {
                Count = $"{warnings.Count - MaxOpen}",
            };
        }
    }

    private static Notices ListOf(IEnumerable<string> warnings) =>
        new([.. warnings.Select(warning => new Notice("inconclusive", "⚠", "warning", warning))]);
}
