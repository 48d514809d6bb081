namespace FunctionsEval.Functions.Messages;

/// <summary>What an <c>EvaluateShardGroup</c> tells the run's orchestration while it is under way.</summary>
/// <param name="First">The group's first item.</param>
/// <param name="Window">Calls that it has under way at once, when each of its items has been called, so that the next group can
/// begin.</param>
/// <param name="Lines">
/// Physical lines of its shards, when all are finished; null before, and <see cref="UnknownLines"/> where a shard was finished by a version
/// that does not say them.
/// </param>
internal sealed record ShardGroupNote(int First, int Window, long? Lines = null)
{
    /// <summary>Lines that nobody knows: what follows is merged when all shards are finished.</summary>
    public const long UnknownLines = -1;
}
