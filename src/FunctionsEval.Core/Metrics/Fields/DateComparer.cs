using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// The same day, or the same second. Dates are read as ISO 8601 has them, and in the formats that the spec names; what is no date is
/// compared exactly.
/// </summary>
/// <param name="formats">.NET formats, read with English names whatever the machine's language.</param>
/// <param name="toSecond">Whether the time counts; a date without one is midnight, and a time without an offset is UTC.</param>
internal sealed class DateComparer(IReadOnlyList<string> formats, bool toSecond) : ScalarComparer
{
    private const string Probe = "2001-02-03T04:05:06";

    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd",
        "yyyyMMdd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss",
    ];

    private readonly string[] _formats = [.. IsoFormats, .. formats];

    public override string Signature { get; } =
        $"date:{(toSecond ? "second" : "day")}{(formats.Count > 0 ? $",{string.Join(',', formats)}" : "")}";

    public static DateComparer Create(OptionReader options)
    {
        var formats = options.DistinctTexts("formats") ?? [];
        var moment = DateTimeOffset.Parse(Probe, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        foreach (var (index, format) in formats.Index())
        {
            if (!CanRead(format, moment))
            {
                throw options.Error(
                    $"formats[{index}]",
                    "is no .NET date format that can be read back, with a day, a month and a year: for example dd.MM.yyyy or MMMM d, yyyy."
                );
            }
        }

        return new DateComparer(formats, options.Choice("precision", "day", ["day", "second"]) == "second");
    }

    protected override bool AreScalarsEqual(JsonElement reference, JsonElement answer) =>
        Date(reference) is { } expected && Date(answer) is { } given
            ? toSecond
                ? expected.ToUnixTimeSeconds() == given.ToUnixTimeSeconds()
                : expected.Date == given.Date
            : AreSame(reference, answer);

    private DateTimeOffset? Date(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && TryRead(value.GetString()!, _formats, out var date) ? date : null;

    private static bool TryRead(string text, string[] formats, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal,
            out date
        );

    /// <summary>Whether a format holds a whole date: what it writes is read as the same day.</summary>
    private static bool CanRead(string format, DateTimeOffset moment)
    {
        try
        {
            return format.Length > 1
                && TryRead(moment.ToString(format, CultureInfo.InvariantCulture), [format], out var read)
                && read.Date == moment.Date;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
