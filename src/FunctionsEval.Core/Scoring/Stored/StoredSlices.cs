using System.Runtime.InteropServices;

namespace FunctionsEval.Core.Scoring.Stored;

/// <summary>
/// The lists of slices that kept samples belong to: each is written where it is first met, and by its number from then on.
/// </summary>
internal sealed class StoredSlices
{
    private readonly Dictionary<IReadOnlyList<string>, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<IReadOnlyList<string>> _lists = [];

    /// <summary>Writes a list. Equal lists are one object.</summary>
    public void Write(StoredWriter writer, IReadOnlyList<string> slices)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, slices, out var isKnown);
        if (isKnown)
        {
            writer.Write((ulong)number);
            return;
        }

        number = _numbers.Count - 1;
        writer.Write((ulong)number);
        writer.Write((ulong)slices.Count);
        foreach (var slice in slices)
        {
            writer.Write(slice);
        }
    }

    /// <summary>Reads a list.</summary>
    /// <param name="reader">Where it was written.</param>
    /// <param name="intern">Gives one object for equal lists.</param>
    public IReadOnlyList<string> Read(StoredReader reader, Func<IReadOnlyList<string>, IReadOnlyList<string>> intern)
    {
        var number = reader.ReadWithin(_lists.Count);
        if (number == _lists.Count)
        {
            var slices = new List<string>();
            for (var left = reader.ReadUnsigned(); left > 0; left--)
            {
                slices.Add(reader.ReadText());
            }

            _lists.Add(intern(slices));
        }

        return _lists[number];
    }
}
