using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring.Sums;

/// <summary>
/// The bootstrap weights of the last samples. Replicates are added up many samples at a time, because a sum over all of them is then
/// loaded and stored once and not once a sample.
/// </summary>
/// <param name="replicates">Bootstrap replicates.</param>
internal sealed class WeightBatch(int replicates)
{
    /// <summary>How many samples there is room for. Sums of so many weights fit into 16 bits.</summary>
    public const int Capacity = 64;

    private const int Gap = 32;

    // Samples never lie a power of 2 apart, so that the weights of a replicate do not compete for one place in the cache.
    private readonly int _stride = WeightedSums.PaddedLength(replicates) + Gap;

    private readonly List<ReplicateSums> _waiting = [];
    private ushort[]? _weights;
    private int _count;

    /// <summary>Bootstrap replicates.</summary>
    public int Replicates => replicates;

    /// <summary>Draws the weights of a sample.</summary>
    /// <param name="sampleKey">Its key.</param>
    /// <returns>Where the weights lie until the next call.</returns>
    public int Draw(ulong sampleKey)
    {
        _weights ??= new ushort[Capacity * _stride];
        if (_count == Capacity)
        {
            foreach (var sums in _waiting)
            {
                sums.Settle();
            }

            _waiting.Clear();
            _count = 0;
        }

        var place = _count++ * _stride;
        BootstrapWeights.Fill(sampleKey, _weights.AsSpan(place, replicates));
        return place;
    }

    /// <summary>The weights of all samples, each sample's where <see cref="Draw"/> said.</summary>
    public ReadOnlySpan<ushort> Weights => _weights;

    /// <summary>Has sums settled before their samples' weights are gone.</summary>
    public void Enlist(ReplicateSums sums) => _waiting.Add(sums);
}
