namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>MergeShards</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Resumption">How often it was resumed before.</param>
/// <param name="First">The first of its shards, all of which are finished.</param>
/// <param name="Count">How many they are.</param>
/// <param name="LinesBefore">Physical lines of the shards before them.</param>
internal sealed record MergeRequest(string RunId, int Resumption, int First, int Count, long LinesBefore);
