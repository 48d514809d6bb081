using System.IO.Hashing;
using System.Text;

namespace FunctionsEval.Core.Datasets;

/// <summary>Chooses the part of a dataset that is evaluated.</summary>
public static class RowLimit
{
    /// <summary>Makes the choice independent of the bootstrap, whose weights come from a hash of the same ids.</summary>
    private const long Seed = 0x53_41_4D_50_4C_45;

    /// <summary>Whether a sample is in a share of the dataset. A larger share holds every sample of a smaller.</summary>
    /// <param name="sampleId">The sample's id.</param>
    /// <param name="fraction">The share, 0–1.</param>
    public static bool Includes(string sampleId, double fraction)
    {
        ArgumentNullException.ThrowIfNull(sampleId);
        return fraction >= 1 || (XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sampleId), Seed) >> 11) * (1.0 / (1L << 53)) < fraction;
    }
}
