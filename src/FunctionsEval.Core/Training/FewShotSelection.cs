using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Training;

/// <summary>Chooses a few of many rows by a hash of seed and id: the same rows of the same file, in whatever order they come.</summary>
/// <param name="count">How many, at least 1.</param>
/// <param name="seed">Chooses which.</param>
public sealed class FewShotSelection(int count, long seed)
{
    private readonly SortedDictionary<(ulong Hash, string Id), Sample> _chosen = [];

    /// <summary>The chosen rows, in an order that the seed decides too.</summary>
    public IReadOnlyCollection<Sample> Chosen => _chosen.Values;

    /// <summary>Looks at a row.</summary>
    public void Add(Sample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _chosen[(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(row.Id), seed), row.Id)] = row;
        if (_chosen.Count > count)
        {
            _chosen.Remove(_chosen.Keys.Last());
        }
    }
}
