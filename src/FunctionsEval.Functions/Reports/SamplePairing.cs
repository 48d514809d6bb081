using System.Runtime.CompilerServices;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports;

/// <summary>Counts the results of a pairing.</summary>
internal sealed class PairingCounter
{
    private readonly Dictionary<ulong, (long Left, long Right)> _single = [];
    private long _paired;

    /// <summary>Samples without a counterpart.</summary>
    public long Singles { get; private set; }

    public PairingCounts Counts =>
        new(
            _paired,
            _single.Values.Sum(of => Math.Min(of.Left, of.Right)),
            _single.Values.Sum(of => Math.Max(0, of.Right - of.Left)),
            _single.Values.Sum(of => Math.Max(0, of.Left - of.Right))
        );

    public void AddPaired() => _paired++;

    /// <summary>Adds a sample without a counterpart.</summary>
    /// <param name="id">Hash of its id.</param>
    /// <param name="isLeft">Whether it is of the left run.</param>
    public void AddSingle(ulong id, bool isLeft)
    {
        AddSingles(id, isLeft ? 1 : 0, isLeft ? 0 : 1);
    }

    /// <summary>Writes what was counted.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_paired);
        writer.Write(_single.Count);
        foreach (var (id, (left, right)) in _single)
        {
            writer.Write(id);
            writer.Write(left);
            writer.Write(right);
        }
    }

    /// <summary>Adds what another counter wrote.</summary>
    public void Merge(BinaryReader reader)
    {
        _paired += reader.ReadInt64();
        for (var ids = reader.ReadInt32(); ids > 0; ids--)
        {
            AddSingles(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64());
        }
    }

    private void AddSingles(ulong id, long left, long right)
    {
        var before = _single.GetValueOrDefault(id);
        _single[id] = (before.Left + left, before.Right + right);
        Singles += left + right;
    }
}

/// <summary>
/// Pairs the samples of two runs as they are read, whatever their order. Only samples whose counterpart was not read yet are held: few
/// where both datasets have one order. Of several samples of one identity the first is paired with the first.
/// </summary>
internal static class SamplePairing
{
    /// <summary>The pairs, and in the end the samples without a counterpart, one side null.</summary>
    /// <param name="left">Samples of the left run.</param>
    /// <param name="right">Samples of the right run.</param>
    /// <param name="identityOf">What samples that belong together have in common.</param>
    /// <param name="maxWaiting">Maximum total of the held samples, as <paramref name="weightOf"/> measures it.</param>
    /// <param name="weightOf">What a sample that is held weighs: bytes, or 1 where all are small.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="UnpairableException">The held samples exceed <paramref name="maxWaiting"/>.</exception>
    public static async IAsyncEnumerable<(T? Left, T? Right)> PairAsync<T, TIdentity>(
        IAsyncEnumerable<T> left,
        IAsyncEnumerable<T> right,
        Func<T, TIdentity> identityOf,
        long maxWaiting,
        Func<T, int> weightOf,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class
        where TIdentity : notnull
    {
        var (ofLeft, ofRight) = (new Waiting<TIdentity, T>(weightOf), new Waiting<TIdentity, T>(weightOf));
        await using var lefts = left.GetAsyncEnumerator(cancellationToken);
        await using var rights = right.GetAsyncEnumerator(cancellationToken);
        bool hasLeft = true,
            hasRight = true;
        while (hasLeft || hasRight)
        {
            if (hasRight && (hasRight = await rights.MoveNextAsync()))
            {
                var identity = identityOf(rights.Current);
                if (ofLeft.Take(identity) is { } other)
                {
                    yield return (other, rights.Current);
                }
                else
                {
                    ofRight.Add(identity, rights.Current);
                }
            }

            if (hasLeft && (hasLeft = await lefts.MoveNextAsync()))
            {
                var identity = identityOf(lefts.Current);
                if (ofRight.Take(identity) is { } other)
                {
                    yield return (lefts.Current, other);
                }
                else
                {
                    ofLeft.Add(identity, lefts.Current);
                }
            }

            if (ofLeft.Weight + ofRight.Weight > maxWaiting)
            {
                throw UnpairableException.TooManyWaiting();
            }
        }

        foreach (
            var pair in ofLeft.All.Select(single => ((T?)single, (T?)null)).Concat(ofRight.All.Select(single => ((T?)null, (T?)single)))
        )
        {
            yield return pair;
        }
    }

    /// <summary>Samples of one side whose counterpart was not read yet.</summary>
    private sealed class Waiting<TIdentity, T>(Func<T, int> weightOf)
        where TIdentity : notnull
        where T : class
    {
        private readonly Dictionary<TIdentity, Queue<T>> _samples = [];

        public long Weight { get; private set; }

        public IEnumerable<T> All => _samples.Values.SelectMany(samples => samples);

        public void Add(TIdentity identity, T sample)
        {
            if (!_samples.TryGetValue(identity, out var samples))
            {
                _samples[identity] = samples = new Queue<T>(1);
            }

            samples.Enqueue(sample);
            Weight += weightOf(sample);
        }

        public T? Take(TIdentity identity)
        {
            if (!_samples.TryGetValue(identity, out var samples))
            {
                return null;
            }

            var first = samples.Dequeue();
            Weight -= weightOf(first);
            if (samples.Count == 0)
            {
                _samples.Remove(identity);
            }

            return first;
        }
    }
}

/// <summary>Two runs cannot be paired; the message says why.</summary>
internal sealed class UnpairableException(string message) : Exception(message)
{
    /// <summary>For more samples without a counterpart than are held.</summary>
    public static UnpairableException TooManyWaiting() =>
        new("Too many of their samples have no counterpart near by: the datasets differ, or are in another order.");
}
