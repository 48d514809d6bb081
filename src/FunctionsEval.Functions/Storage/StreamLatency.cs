using System.Text.Json.Serialization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>How fast streamed answers came. Mergeable.</summary>
internal sealed class StreamLatency
{
    /// <summary>From sending the request to the first token, ms.</summary>
    [JsonInclude]
    public GeometricHistogram TimeToFirstTokenMs { get; private init; } = new();

    /// <summary>Tokens a second from the first token on.</summary>
    [JsonInclude]
    public GeometricHistogram TokensPerSecond { get; private init; } = new();

    /// <summary>Adds an answer; one that was not streamed adds nothing.</summary>
    public void Add(EvaluatedSample row)
    {
        if (row.TimeToFirstTokenMs is { } first)
        {
            TimeToFirstTokenMs.Add(first);
        }

        if (row.TokensPerSecond is { } rate)
        {
            TokensPerSecond.Add(rate);
        }
    }

    /// <summary>Adds other counts.</summary>
    public void Merge(StreamLatency other)
    {
        TimeToFirstTokenMs.Merge(other.TimeToFirstTokenMs);
        TokensPerSecond.Merge(other.TokensPerSecond);
    }
}
