using System.Text.Json;

namespace FunctionsEval.Functions.Storage;

/// <summary>A line of a shard log about the executor that writes it.</summary>
internal sealed record SessionLine
{
    /// <summary>An executor begins; the samples up to <see cref="UpTo"/> may be under evaluation from now on.</summary>
    public const string Opened = "opened";

    /// <summary>It ends in order.</summary>
    public const string Closed = "closed";

    /// <summary>Further samples, those up to <see cref="UpTo"/>, may be under evaluation from now on.</summary>
    public const string Further = "further";

    /// <summary>Of the suspects, <see cref="Rows"/> and no others are under evaluation from now on.</summary>
    public const string Together = "together";

    /// <summary>The one suspect of <see cref="Rows"/> is under evaluation from now on, and no other sample in the process.</summary>
    public const string Alone = "alone";

    /// <summary>The kind of line. The first member, by which these lines are told from rows.</summary>
    public required string Session { get; init; }

    /// <summary>Id of the executor's process, drawn when it started.</summary>
    public string? Process { get; init; }

    public long? UpTo { get; init; }

    public IReadOnlyList<RowKey>? Rows { get; init; }

    public static bool IsOne(ReadOnlySpan<byte> line) => line.StartsWith("{\"session\":"u8);

    public static SessionLine? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<SessionLine>(line, RunJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Options), (byte)'\n'];
}

/// <summary>
/// What a shard log says of the executors that wrote it: how often the process ended under them, and which samples may have ended it.
/// </summary>
/// <remarks>
/// A process that ends without closing the logs takes the shards it works on with it, and one sample of all of them may be the cause, or
/// none. The log narrows it down in three steps, each of which takes the end of a process:
/// <list type="number">
/// <item>Samples are handed out in dataset order, and the log says in advance how far. After a crash, the samples up to there that have no
/// outcome are evaluated last and in small groups, each announced in the log.</item>
/// <item>The samples of a group under which the process ended once more are suspects. They are evaluated one at a time, each announced,
/// while the process evaluates nothing else.</item>
/// <item>A suspect under which the process ended then is quarantined: it is not evaluated again.</item>
/// </list>
/// So a sample that ends the process does it three times. One that does not is quarantined only if three processes ended by chance, the
/// first while it was under evaluation with all others, the second while its small group was, the third in the moments while it was alone.
/// An executor that ends in order (function time-outs and deployments are announced) closes the log and accuses nobody; nor does one whose
/// process is the one that opens the log again: the process has not ended. In a calm run all this costs one short line for every sixteenth
/// of the shard.
/// </remarks>
internal sealed class LogSessions
{
    private readonly HashSet<RowKey> _suspects = [];
    private readonly HashSet<RowKey> _quarantined = [];
    private readonly HashSet<RowKey> _together = [];
    private RowKey? _alone;
    private bool _isOpen;
    private string? _process;
    private long _mayRunUpTo = -1;

    /// <summary>Executors that began and did not end in order, their process with them.</summary>
    public int Crashes { get; private set; }

    /// <summary>Offset up to which samples may have been under evaluation when a process ended; -1 for none.</summary>
    public long DoubtfulUpTo { get; private set; } = -1;

    /// <summary>Samples of small groups under which a process ended.</summary>
    public IReadOnlySet<RowKey> Suspects => _suspects;

    /// <summary>Suspects under which a process ended while it evaluated nothing else.</summary>
    public IReadOnlySet<RowKey> Quarantined => _quarantined;

    /// <summary>Executors that have opened the log.</summary>
    public int Openings { get; private set; }

    /// <summary>Takes the next line about an executor.</summary>
    public void Add(SessionLine line)
    {
        switch (line.Session)
        {
            case SessionLine.Opened:
                Openings++;
                End(line.Process);
                (_isOpen, _process, _mayRunUpTo) = (true, line.Process, line.UpTo ?? -1);
                break;
            case SessionLine.Further:
                _mayRunUpTo = Math.Max(_mayRunUpTo, line.UpTo ?? -1);
                break;
            case SessionLine.Together:
                _alone = null;
                _together.Clear();
                _together.UnionWith(line.Rows ?? []);
                break;
            case SessionLine.Alone when line.Rows is [var row]:
                _alone = row;
                _together.Clear();
                break;
            case SessionLine.Closed:
                Forget();
                break;
        }
    }

    /// <summary>A sample has its outcome, so it is no longer a suspect.</summary>
    public void Clear(RowKey row)
    {
        _suspects.Remove(row);
        _quarantined.Remove(row);
        _together.Remove(row);
        if (_alone == row)
        {
            _alone = null;
        }
    }

    /// <summary>
    /// The last executor has ended. If it did not close the log, its process crashed, unless the successor is the same process.
    /// </summary>
    /// <param name="successor">Process of the executor that comes after it.</param>
    public void End(string? successor)
    {
        if (_isOpen && (_process is null || _process != successor))
        {
            Crash();
        }

        Forget();
    }

    private void Crash()
    {
        Crashes++;
        DoubtfulUpTo = Math.Max(DoubtfulUpTo, _mayRunUpTo);
        if (_alone is { } alone)
        {
            (_suspects.Contains(alone) ? _quarantined : _suspects).Add(alone);
        }

        _suspects.UnionWith(_together);
    }

    private void Forget()
    {
        _isOpen = false;
        _alone = null;
        _together.Clear();
    }
}
