using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>A shard's log as the executor that holds it uses it.</summary>
internal interface IShardLog
{
    /// <summary>What the log says of earlier executors.</summary>
    LogSessions Sessions { get; }

    /// <summary>A sample's row, which is not held any longer then: it may be long. Null for none.</summary>
    EvaluatedSample? Take(RowKey key);

    /// <summary>Hands a row to the writer; it is durable once the log is completed.</summary>
    void Append(EvaluatedSample row);

    /// <summary>Waits until a further sample may be bought: what was bought before is appended, or will be soon.</summary>
    Task WaitWhileLateAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Says, durably, that a sample is about to be evaluated; ahead of time and for many, so that it is seldom waited for. By one caller at
    /// a time.
    /// </summary>
    /// <param name="offset">The sample's offset, not before those of earlier calls.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AnnounceAsync(long offset, CancellationToken cancellationToken);

    /// <summary>Says, durably, which suspects are about to be evaluated.</summary>
    Task AnnounceTogetherAsync(IReadOnlyList<RowKey> rows);

    /// <summary>Says, durably, that one suspect is about to be evaluated, and nothing else in this process.</summary>
    Task AnnounceAloneAsync(RowKey row);
}
