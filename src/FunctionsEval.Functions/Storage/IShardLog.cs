using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>A shard's log, as its executor uses it.</summary>
internal interface IShardLog
{
    /// <summary>The log's record of earlier executors.</summary>
    LogSessions Sessions { get; }

    /// <summary>Removes and returns a sample's row, which may be long; null for none.</summary>
    EvaluatedSample? Take(RowKey key);

    /// <summary>Hands a row to the writer; it is durable once the log is completed.</summary>
    void Append(EvaluatedSample row);

    /// <summary>Waits until a further sample may be sent: the earlier answers are appended, or will be soon.</summary>
    Task WaitWhileLateAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Records durably that a sample is about to be evaluated. It covers many samples in advance, so that callers seldom wait. For one
    /// caller at a time.
    /// </summary>
    /// <param name="offset">The sample's offset, not before those of earlier calls.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AnnounceAsync(long offset, CancellationToken cancellationToken);

    /// <summary>Records durably which suspects are about to be evaluated.</summary>
    Task AnnounceTogetherAsync(IReadOnlyList<RowKey> rows);

    /// <summary>Records durably that one suspect is about to be evaluated, and nothing else in this process.</summary>
    Task AnnounceAloneAsync(RowKey row);
}
