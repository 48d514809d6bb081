using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard log in memory, as one executor after another finds it, and what was said in it in which order.</summary>
internal sealed class FakeShardLog : IShardLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RowKey, EvaluatedSample> _logged = [];

    public LogSessions Sessions { get; } = new();

    /// <summary>Everything that was appended, rows by their id: <c>row n1</c>, <c>together 0 20</c>, <c>alone 20</c>.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>The rows that were appended.</summary>
    public List<EvaluatedSample> Rows { get; } = [];

    /// <summary>Waited for before each sample is handed out.</summary>
    public Func<CancellationToken, Task> Late { get; set; } = _ => Task.CompletedTask;

    /// <summary>Has the log hold a row of an executor before.</summary>
    public void Hold(EvaluatedSample row) => _logged[RowKey.From(row)] = row;

    public EvaluatedSample? Take(RowKey key) => _logged.Remove(key, out var row) ? row : null;

    public void Append(EvaluatedSample row)
    {
        lock (_lock)
        {
            Rows.Add(row);
            Lines.Add($"row {row.Id}");
        }
    }

    public Task WaitWhileLateAsync(CancellationToken cancellationToken) => Late(cancellationToken);

    public Task AnnounceAsync(long offset, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AnnounceTogetherAsync(IReadOnlyList<RowKey> rows) => Say($"together {string.Join(' ', rows.Select(row => row.Offset))}");

    public Task AnnounceAloneAsync(RowKey row) => Say($"alone {row.Offset}");

    private Task Say(string line)
    {
        lock (_lock)
        {
            Lines.Add(line);
        }

        return Task.CompletedTask;
    }
}
