using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Functions.Notifications.Formats;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>How the end of a run reads.</summary>
internal enum Mood
{
    /// <summary>No verdict was asked for.</summary>
    Plain,

    /// <summary>It passes.</summary>
    Good,

    /// <summary>It fails.</summary>
    Bad,

    /// <summary>It is not decided.</summary>
    Open,
}

/// <summary>A heading with its lines.</summary>
internal sealed record AnnouncementSection(string Heading, IReadOnlyList<string> Lines);

/// <summary>
/// The end of a run as people read it in a channel: verdict, reasons, headline numbers, what got worse, and a link. Everything is bounded,
/// so that the message fits whatever the run names: 28 KB of a Teams card, 3,000 characters of a text in Slack.
/// </summary>
internal sealed record Announcement
{
    private const int MaxTitle = 150;
    private const int MaxLine = 300;
    private const int MaxLines = 8;
    private const int MaxWarnings = 3;

    /// <summary>Verdict and subject.</summary>
    public required string Title { get; init; }

    /// <summary>Models, samples, dataset.</summary>
    public required string Facts { get; init; }

    /// <summary>How the title reads.</summary>
    public required Mood Mood { get; init; }

    /// <summary>What follows; none is empty.</summary>
    public required IReadOnlyList<AnnouncementSection> Sections { get; init; }

    /// <summary>The run in the dashboard.</summary>
    public required Uri Link { get; init; }

    /// <summary>What a delivery tells.</summary>
    public static Announcement From(Delivery delivery)
    {
        var told = NotificationContent.Read(delivery.Notification.Body);
        var (word, mood) = Judge(told);
        return new Announcement
        {
            Title = Cut($"{word}: {(told.IsSuite ? told.Suite : Choose(told.Suite, told.Dataset))}", MaxTitle),
            Facts = FactsOf(told),
            Mood = mood,
            Sections = [.. SectionsOf(told).Where(section => section.Lines.Count > 0)],
            Link = new Uri(
                $"{delivery.AppUrl!.AbsoluteUri.TrimEnd('/')}/#/{(told.IsSuite ? "suites" : "runs")}/{Uri.EscapeDataString(told.RunId)}"
            ),
        };
    }

    /// <summary>The same with shorter lines.</summary>
    /// <param name="length">The length of a line in characters.</param>
    public Announcement WithLinesOf(int length) =>
        this with
        {
            Sections = [.. Sections.Select(section => section with { Lines = [.. section.Lines.Select(line => Cut(line, length))] })],
        };

    /// <summary>
    /// A text on one line, cut to a length. Characters that control a terminal or turn the direction of writing are spaces.
    /// </summary>
    public static string Cut(string? text, int length) =>
        TableText.Cut(
            string.Create(
                text?.Length ?? 0,
                text ?? "",
                static (plain, source) =>
                {
                    for (var index = 0; index < plain.Length; index++)
                    {
                        plain[index] = IsPlain(source[index]) ? source[index] : ' ';
                    }
                }
            ),
            length
        );

    private static bool IsPlain(char character) =>
        !char.IsControl(character)
        && character
            is not ('\u2028' or '\u2029' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));

    private static string Choose(string? suite, string? dataset) => string.IsNullOrEmpty(suite) ? dataset ?? "" : suite;

    private static (string Word, Mood Mood) Judge(NotificationContent told) =>
        told.Verdict switch
        {
            "pass" => ("✓ PASS", Mood.Good),
            "fail" => ("✗ FAIL", Mood.Bad),
            "inconclusive" => ("? INCONCLUSIVE", Mood.Open),
            _ => told.Status switch
            {
                "Completed" => ("Completed without a gate", Mood.Plain),
                "Failed" => ("✗ FAILED", Mood.Bad),
                var stopped => ($"⚠ {stopped.ToUpperInvariant()}, no verdict", Mood.Open),
            },
        };

    private static string FactsOf(NotificationContent told)
    {
        string?[] facts =
        [
            ModelsOf(told),
            told.Samples is { } samples ? string.Create(CultureInfo.InvariantCulture, $"{samples:N0} samples") : null,
            told.Dataset is null ? null : Cut(told.Dataset, MaxTitle),
            told.RunId,
        ];
        return string.Join(" · ", facts.OfType<string>());
    }

    private static string? ModelsOf(NotificationContent told)
    {
        var under =
            told.Candidates.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{told.Candidates.Count} candidates")
            : told.Model is null ? null
            : Cut(told.Model, MaxTitle);
        return under is null || told.Baseline is null ? under : $"{under} against {Cut(told.Baseline, MaxTitle)}";
    }

    private static IEnumerable<AnnouncementSection> SectionsOf(NotificationContent told)
    {
        if (told.ErrorCode is { } code)
        {
            yield return new AnnouncementSection("Why it has no result", [Cut($"Error {code}. The dashboard says what to do.", MaxLine)]);
        }

        yield return new AnnouncementSection(
            "Reasons",
            // What fails comes first: it is what decides.
            Bound(
                told.Reasons.OrderBy(reason => OrderOf(reason.Result)).Select(reason => $"{IconOf(reason.Result)} {reason.Reason}"),
                MaxLines
            )
        );
        yield return new AnnouncementSection(
            "Candidates",
            Bound(
                told.Candidates.Select(one => $"{one.Model}: {one.Verdict ?? "no verdict"}{(one.IsRecommended ? ", recommended" : "")}"),
                MaxLines
            )
        );
        yield return new AnnouncementSection("Headline", Bound(told.Headline, MaxLines));
        yield return new AnnouncementSection("What got worse", Bound(told.Worse.Select(line => "▼ " + line), MaxLines));
        yield return new AnnouncementSection("Warnings", Bound(told.Warnings.Select(line => "⚠ " + line), MaxWarnings));
    }

    private static IReadOnlyList<string> Bound(IEnumerable<string> lines, int most)
    {
        var all = lines.ToList();
        var kept = all.Take(most).Select(line => Cut(line, MaxLine));
        return all.Count <= most ? [.. kept] : [.. kept, string.Create(CultureInfo.InvariantCulture, $"… and {all.Count - most} more")];
    }

    private static int OrderOf(VerdictResult result) =>
        result switch
        {
            VerdictResult.Fail => 0,
            VerdictResult.Inconclusive => 1,
            _ => 2,
        };

    private static string IconOf(VerdictResult result) =>
        result switch
        {
            VerdictResult.Fail => "✗",
            VerdictResult.Inconclusive => "?",
            _ => "✓",
        };
}
