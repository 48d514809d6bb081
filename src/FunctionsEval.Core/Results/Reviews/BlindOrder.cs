using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>
/// In which order a reviewer sees samples and answers: by hashes, so that neither tells the model, and every reviewer sees the same.
/// </summary>
public static class BlindOrder
{
    private const long ShuffleSeed = 0x5245564945570001;
    private const long PlaceSeed = 0x5245564945570002;

    /// <summary>Whose answer stands in a place.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="sample">The sample's key.</param>
    /// <param name="place">1 or 2.</param>
    public static string RoleAt(string runId, string sample, int place) =>
        (Hash(runId, sample, PlaceSeed) & 1) == 0 == (place == 1) ? Roles.Candidate : Roles.Baseline;

    /// <summary>By what items are ordered.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="sample">The sample's key.</param>
    /// <param name="place">Place of the answer that is graded; 0 for both.</param>
    public static ulong RankOf(string runId, string sample, int place) => Hash(runId, sample, ShuffleSeed + (place << 8));

    private static ulong Hash(string runId, string sample, long seed) =>
        XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{runId}/{sample}"), seed);
}
