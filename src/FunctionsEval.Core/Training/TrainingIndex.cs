using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Training;

/// <summary>
/// The rows a model was tuned on, as far as a sample must be found among them: the hash of each row's words, and a Bloom filter of their
/// n-grams. Build it in one pass, then only read it.
/// </summary>
public sealed class TrainingIndex
{
    /// <summary>Words of an n-gram.</summary>
    public const int NgramWords = 8;

    /// <summary>Share of a sample's n-grams that must occur in the training rows (Chowdhery et al., "PaLM", 2022, section 8).</summary>
    public const double NgramShare = 0.7;

    /// <summary>Maximum size of a training file that is read, in bytes: 64 MiB. Samples are not checked against a larger one.</summary>
    public const long MaxFileBytes = 64 << 20;

    private const uint Magic = 0x31495446; // "FTI1"
    private const int Probes = 8;
    private const int SmallestFilter = 1 << 16;
    private const int LargestFilter = 1 << 28;

    /// <summary>Bits for each byte of the training file: some 20 for each of its words.</summary>
    private const int BitsPerByte = 4;

    private readonly HashSet<ulong> _rows;
    private readonly ulong[] _filter;

    private TrainingIndex(HashSet<ulong> rows, ulong[] filter)
    {
        _rows = rows;
        _filter = filter;
    }

    /// <summary>An empty index.</summary>
    /// <param name="bytes">Bytes of the training file, by which the filter is sized: 8 KiB to 32 MiB.</param>
    public static TrainingIndex Create(long bytes)
    {
        var bits = SmallestFilter;
        while (bits < LargestFilter && bits < bytes * BitsPerByte)
        {
            bits *= 2;
        }

        return new TrainingIndex([], new ulong[bits / 64]);
    }

    /// <summary>Training rows with different words.</summary>
    public int Rows => _rows.Count;

    /// <summary>Adds a training row.</summary>
    public void Add(Sample row)
    {
        var words = WordHashes.From(TextOf(row));
        _rows.Add(Hash(words));
        for (var first = 0; first + NgramWords <= words.Length; first++)
        {
            AddToFilter(Hash(words.AsSpan(first, NgramWords)));
        }
    }

    /// <summary>Looks for a sample among the training rows.</summary>
    public Leak Find(Sample sample)
    {
        var words = WordHashes.From(TextOf(sample));
        if (_rows.Contains(Hash(words)))
        {
            return Leak.Exact;
        }

        var (ngrams, found) = (0, 0);
        for (var first = 0; first + NgramWords <= words.Length; first++)
        {
            ngrams++;
            found += IsInFilter(Hash(words.AsSpan(first, NgramWords))) ? 1 : 0;
        }

        return ngrams > 0 && found >= NgramShare * ngrams ? Leak.Ngrams : Leak.None;
    }

    /// <summary>The index as bytes.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(_rows.Count);
            foreach (var row in _rows.Order())
            {
                writer.Write(row);
            }

            writer.Write(_filter.Length);
            writer.Write(MemoryMarshal.AsBytes<ulong>(_filter));
        }

        return stream.ToArray();
    }

    /// <summary>Reads an index.</summary>
    /// <exception cref="InvalidDataException">The bytes are no index of this version.</exception>
    public static TrainingIndex Read(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false));
        if (reader.ReadUInt32() != Magic)
        {
            throw new InvalidDataException("Not a training index of version 1.");
        }

        var rows = new HashSet<ulong>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            rows.Add(reader.ReadUInt64());
        }

        var filter = new ulong[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(filter.AsSpan()));
        return new TrainingIndex(rows, filter);
    }

    /// <summary>
    /// The text that is compared: the input of the row, whichever of its turns is the sample, or the text itself for language modelling,
    /// which has no input.
    /// </summary>
    private static string TextOf(Sample sample) =>
        (sample.RowInput ?? sample.Input) is { Length: > 0 } input ? input
        : sample.References.Count > 0 ? sample.References[0]
        : "";

    private static ulong Hash(ReadOnlySpan<ulong> words) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(words));

    private void AddToFilter(ulong hash)
    {
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = BitOf(hash, probe);
            _filter[bit >> 6] |= 1UL << (int)(bit & 63);
        }
    }

    private bool IsInFilter(ulong hash)
    {
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = BitOf(hash, probe);
            if ((_filter[bit >> 6] & (1UL << (int)(bit & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Double hashing (Kirsch and Mitzenmacher, 2006): the halves of one hash make any number of probes.</summary>
    private ulong BitOf(ulong hash, int probe) =>
        ((hash & uint.MaxValue) + ((ulong)probe * ((hash >> 32) | 1))) & (((ulong)_filter.Length * 64) - 1);
}
