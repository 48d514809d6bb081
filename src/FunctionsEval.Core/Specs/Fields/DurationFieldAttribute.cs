using System.Globalization;
using System.Xml;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>
/// A duration of at most <see cref="MaxDays"/>: <c>[d.]hh:mm:ss</c>, with any number of hours, or an ISO 8601 duration without years and
/// months, whose length varies.
/// </summary>
internal sealed class DurationFieldAttribute : FieldAttribute
{
    /// <summary>The longest duration, in days.</summary>
    public int MaxDays { get; init; } = 30;

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Text(name, canBeEmpty: false) is not { } text ? null
        : TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(MaxDays) ? duration
        : throw owner.Error(name, $"expected a duration of at most {MaxDays} days as hh:mm:ss (\"06:00:00\") or ISO 8601 (\"PT6H\").");

    public override object? Write(object value) => ((TimeSpan)value).ToString("c", CultureInfo.InvariantCulture);

    private bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.StartsWith('P'))
        {
            return TryParseIso(text, out duration);
        }

        var parts = text.Split(':');
        return parts.Length == 3
            && (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration) || TryParseHours(parts, out duration));
    }

    private static bool TryParseIso(string text, out TimeSpan duration)
    {
        duration = default;
        var date = text.Split('T')[0];
        if (date.Contains('Y') || date.Contains('M'))
        {
            return false;
        }

        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private bool TryParseHours(string[] parts, out TimeSpan duration)
    {
        duration = default;
        if (
            !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || hours > TimeSpan.FromDays(MaxDays).TotalHours
            || !TimeSpan.TryParseExact($"00:{parts[1]}:{parts[2]}", @"hh\:mm\:ss", CultureInfo.InvariantCulture, out var rest)
        )
        {
            return false;
        }

        duration = TimeSpan.FromHours(hours) + rest;
        return true;
    }
}
