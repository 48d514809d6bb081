using System.Text;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>One sample's contribution to a run's metrics for one model.</summary>
/// <param name="Ordinal">Position in the shard, by which candidate and baseline are paired.</param>
/// <param name="Outcome">The outcome of the sample.</param>
/// <param name="Key">Hash of the sample's id and place, which seeds its bootstrap weights.</param>
/// <param name="Slices">Slices the sample belongs to, as "tag=value".</param>
/// <param name="Words">The metrics' statistics, one after the other; empty when the sample was not scored.</param>
internal sealed record SampleStatistics(int Ordinal, Outcome Outcome, ulong Key, IReadOnlyList<string> Slices, long[] Words)
{
    /// <summary>
    /// The sample's identity in other versions of the dataset; null for a row that is not a sample, and in files of earlier versions.
    /// </summary>
    public SampleIdentity? Identity { get; init; }

    /// <summary>Whether the answer is right (<see cref="EvaluatedSample.IsRight"/>).</summary>
    public bool IsRight { get; init; }

    /// <summary>Index of the sample's label in the spec's list; -1 for none.</summary>
    public int Label { get; init; } = -1;

    /// <summary>Which of its row's trained turns the sample is, from 1; 0 where the row is one sample.</summary>
    public int Turn { get; init; }

    /// <summary>How many trained turns the row has; 0 where the row is one sample.</summary>
    public int Turns { get; init; }

    /// <summary>Whether the sample counts in the metrics.</summary>
    public bool IsMeasured => Outcome is Outcome.Scored or Outcome.Unparsable;
}

/// <summary>
/// The file <c>{shard}.statistics.bin</c>: per sample its <see cref="SampleStatistics"/>, in dataset order. Numbers are
/// variable-length, so that a sample takes tens of bytes; slices are written once and referred to by index. Behind them stand
/// the layout of the words (<see cref="RowMeasurer.Layout"/>), which files from before there was one lack, and what is needed to
/// compare two runs, in the same order; and then the turns, where conversations have several samples.
/// </summary>
internal static class ShardStatistics
{
    private const uint Magic = 0x31534546; // "FES1"
    private const uint IdentityMagic = 0x31494546; // "FEI1"
    private const uint TurnMagic = 0x31544546; // "FET1"

    /// <summary>Writes a file.</summary>
    /// <param name="samples">The samples, in any order.</param>
    /// <param name="layout">The layout of their words.</param>
    public static BinaryData Write(IEnumerable<SampleStatistics> samples, ulong layout)
    {
        var rows = samples.OrderBy(sample => sample.Ordinal).ToList();
        var slices = rows.SelectMany(row => row.Slices).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var sliceIndex = slices
            .Select((slice, index) => (slice, index))
            .ToDictionary(pair => pair.slice, pair => pair.index, StringComparer.Ordinal);

        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write7BitEncodedInt(slices.Count);
            foreach (var slice in slices)
            {
                writer.Write(slice);
            }

            writer.Write7BitEncodedInt(rows.Count);
            foreach (var row in rows)
            {
                writer.Write7BitEncodedInt(row.Ordinal);
                writer.Write((byte)row.Outcome);
                writer.Write(row.Key);
                writer.Write7BitEncodedInt(row.Slices.Count);
                foreach (var slice in row.Slices)
                {
                    writer.Write7BitEncodedInt(sliceIndex[slice]);
                }

                writer.Write7BitEncodedInt(row.Words.Length);
                foreach (var word in row.Words)
                {
                    writer.Write7BitEncodedInt64((word << 1) ^ (word >> 63));
                }
            }

            writer.Write(layout);
            WriteIdentities(writer, rows);
            WriteTurns(writer, rows);
        }

        return new BinaryData(stream.ToArray());
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="layout">The layout that the words are expected in.</param>
    /// <returns>The samples in dataset order; null when their words have another layout.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a statistics file of this version.</exception>
    public static IReadOnlyList<SampleStatistics>? Read(BinaryData file, ulong layout)
    {
        using var reader = new BinaryReader(file.ToStream(), Encoding.UTF8);
        if (reader.ReadUInt32() != Magic)
        {
            throw new InvalidDataException("Not a shard statistics file of version 1.");
        }

        var slices = new string[reader.Read7BitEncodedInt()];
        for (var index = 0; index < slices.Length; index++)
        {
            slices[index] = reader.ReadString();
        }

        var rows = new List<SampleStatistics>(reader.Read7BitEncodedInt());
        for (var count = rows.Capacity; count > 0; count--)
        {
            var ordinal = reader.Read7BitEncodedInt();
            var outcome = (Outcome)reader.ReadByte();
            var key = reader.ReadUInt64();
            var own = new string[reader.Read7BitEncodedInt()];
            for (var index = 0; index < own.Length; index++)
            {
                own[index] = slices[reader.Read7BitEncodedInt()];
            }

            var words = new long[reader.Read7BitEncodedInt()];
            for (var index = 0; index < words.Length; index++)
            {
                var encoded = (ulong)reader.Read7BitEncodedInt64();
                words[index] = (long)(encoded >> 1) ^ -(long)(encoded & 1);
            }

            rows.Add(new SampleStatistics(ordinal, outcome, key, own, words));
        }

        // Files of earlier versions end with the words.
        if (reader.BaseStream.Position == reader.BaseStream.Length || reader.ReadUInt64() != layout)
        {
            return null;
        }

        ReadIdentities(reader, rows);
        ReadTurns(reader, rows);
        return rows;
    }

    private static void WriteIdentities(BinaryWriter writer, List<SampleStatistics> rows)
    {
        writer.Write(IdentityMagic);
        foreach (var row in rows)
        {
            writer.Write(row.Identity?.Id ?? 0);
            writer.Write(row.Identity?.Content ?? 0);
            writer.Write7BitEncodedInt(((row.Label + 1) << 1) | (row.IsRight ? 1 : 0));
        }
    }

    private static void ReadIdentities(BinaryReader reader, List<SampleStatistics> rows)
    {
        if (reader.ReadUInt32() != IdentityMagic)
        {
            throw new InvalidDataException("The identities of a shard statistics file are not of version 1.");
        }

        for (var index = 0; index < rows.Count; index++)
        {
            var identity = new SampleIdentity(reader.ReadUInt64(), reader.ReadUInt64());
            var flags = reader.Read7BitEncodedInt();
            rows[index] = rows[index] with
            {
                Identity = identity.Content == 0 ? null : identity,
                IsRight = (flags & 1) == 1,
                Label = (flags >> 1) - 1,
            };
        }
    }

    /// <summary>Writes nothing where each row is one sample, so that such a file is what it was before there were turns.</summary>
    private static void WriteTurns(BinaryWriter writer, List<SampleStatistics> rows)
    {
        if (!rows.Exists(row => row.Turn > 0))
        {
            return;
        }

        writer.Write(TurnMagic);
        foreach (var row in rows)
        {
            writer.Write7BitEncodedInt(row.Turn);
            writer.Write7BitEncodedInt(row.Turns);
        }
    }

    private static void ReadTurns(BinaryReader reader, List<SampleStatistics> rows)
    {
        if (reader.BaseStream.Position == reader.BaseStream.Length)
        {
            return;
        }

        if (reader.ReadUInt32() != TurnMagic)
        {
            throw new InvalidDataException("The turns of a shard statistics file are not of version 1.");
        }

        for (var index = 0; index < rows.Count; index++)
        {
            rows[index] = rows[index] with { Turn = reader.Read7BitEncodedInt(), Turns = reader.Read7BitEncodedInt() };
        }
    }

    /// <summary>Both models' statistics of each sample, in dataset order. Only of a run that was stopped may one be missing.</summary>
    public static IEnumerable<(SampleStatistics? Candidate, SampleStatistics? Baseline)> Pair(
        IReadOnlyList<SampleStatistics> candidate,
        IReadOnlyList<SampleStatistics>? baseline
    )
    {
        int left = 0,
            right = 0;
        while (left < candidate.Count || right < (baseline?.Count ?? 0))
        {
            var one = left < candidate.Count ? candidate[left] : null;
            var other = right < (baseline?.Count ?? 0) ? baseline![right] : null;
            var ordinal = Math.Min(one?.Ordinal ?? int.MaxValue, other?.Ordinal ?? int.MaxValue);
            one = one?.Ordinal == ordinal ? one : null;
            other = other?.Ordinal == ordinal ? other : null;
            yield return (one, other);
            left += one is null ? 0 : 1;
            right += other is null ? 0 : 1;
        }
    }
}
