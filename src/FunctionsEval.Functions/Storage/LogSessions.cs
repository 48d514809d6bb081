using System.Globalization;
using System.Text;

namespace FunctionsEval.Functions.Storage;

/// <summary>What a row log says of the executors that wrote it. Their lines are no rows, and are read past as such.</summary>
/// <param name="Crashes">Executors that began and did not end in order.</param>
/// <param name="Attempted">Ordinals of rows that such an executor announced last.</param>
internal sealed record LogSessions(int Crashes, IReadOnlySet<int> Attempted)
{
    /// <summary>An executor begins.</summary>
    public const string Opened = "{\"session\":\"opened\"}\n";

    /// <summary>It ends in order.</summary>
    public const string Closed = "{\"session\":\"closed\"}\n";

    private const string AnnouncedPrefix = "{\"session\":\"row\",\"ordinal\":";
    private const string AnnouncedEnd = "}\n";

    /// <summary>It is about to evaluate a row.</summary>
    public static string Announcement(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{AnnouncedPrefix}{ordinal}{AnnouncedEnd}");

    /// <summary>Whether a line is about an executor.</summary>
    public static bool IsOne(ReadOnlySpan<byte> line) => line.StartsWith("{\"session\":"u8);

    /// <summary>Reads a log.</summary>
    public static LogSessions Of(ReadOnlySpan<byte> log)
    {
        var opened = Encoding.UTF8.GetBytes(Opened.TrimEnd('\n'));
        var closed = Encoding.UTF8.GetBytes(Closed.TrimEnd('\n'));
        var announced = Encoding.UTF8.GetBytes(AnnouncedPrefix);
        var (crashes, isOpen, last) = (0, false, (int?)null);
        var attempted = new HashSet<int>();
        while (!log.IsEmpty)
        {
            var end = log.IndexOf((byte)'\n');
            var line = end < 0 ? log : log[..end];
            log = end < 0 ? [] : log[(end + 1)..];
            if (line.SequenceEqual(opened))
            {
                Crash();
                isOpen = true;
            }
            else if (line.SequenceEqual(closed))
            {
                (isOpen, last) = (false, null);
            }
            else if (line.StartsWith(announced) && int.TryParse(line[announced.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
            {
                last = ordinal;
            }
        }

        Crash();
        return new LogSessions(crashes, attempted);

        void Crash()
        {
            if (!isOpen)
                return;
            crashes++;
            if (last is { } ordinal)
                attempted.Add(ordinal);
            last = null;
        }
    }
}
