using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Functions.Reports.Page.Sections;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>What stands below the verdict: the run in a line, then reasons, error and warnings.</summary>
internal static class HeadFacts
{
    /// <summary>Reasons that are seen at first.</summary>
    private const int MaxReasons = 8;

    /// <summary>The run in a line.</summary>
    public static IEnumerable<string> Create(ReportSource source)
    {
        var overview = source.Overview;
        return new[]
        {
            ModelsOf(source),
            $"{NumberText.Count(source.Summary.Dataset.Samples)} samples of {source.Summary.Dataset.Name}",
            overview.Task?.Replace('_', ' '),
            overview.Started is { } started ? Date(started) : null,
            overview.DurationText,
            overview.Cost?.Text,
            overview.Latency?.Text,
            overview.Source?.Text is { } text ? $"started by {text}" : null,
        }.OfType<string>();
    }

    /// <summary>Reasons, error and warnings.</summary>
    public static IEnumerable<ReportBlock> NotesOf(ReportSource source)
    {
        var overview = source.Overview;
        if (overview.Error is { } error)
        {
            yield return new Notices([new Notice("fail", "✗", "error", error.Message)]);
        }

        if (overview.Reasons.Count > 0)
        {
            yield return VerdictView.Reasons([.. overview.Reasons.Take(MaxReasons)]);
        }

        if (overview.Reasons.Count > MaxReasons)
        {
            yield return new Details("more reasons", IsOpen: false, [VerdictView.Reasons([.. overview.Reasons.Skip(MaxReasons)])])
            {
                Count = $"{overview.Reasons.Count - MaxReasons}",
            };
        }

        if (!source.Summary.IsComplete)
        {
            yield return new Paragraph(
                source.Summary.Candidates is null
                    ? "This run was stopped: the numbers are over what was answered by then."
                    : "This run was stopped: candidates whose run was stopped or not begun are not compared.",
                IsNote: true
            );
        }

        foreach (var block in WarningBlocks.Create(source.Summary.Warnings))
        {
            yield return block;
        }
    }

    /// <summary>A time as the page writes it: in UTC, since it has no script that knows the reader's.</summary>
    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string ModelsOf(ReportSource source) =>
        source.HasBaseline ? $"{source.Candidate} vs {source.Baseline}" : source.Candidate;
}
