using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>What an index keeps of a sample that is no text, and how it is written.</summary>
/// <param name="Offset">Byte offset in the dataset.</param>
/// <param name="Turn">As in <see cref="SampleResult.Turn"/>; 0 for null.</param>
/// <param name="Repeat">As in <see cref="SampleResult.Repeat"/>; 0 for null.</param>
/// <param name="Length">Characters of the candidate's answer.</param>
/// <param name="CandidateOutcome">The candidate's outcome, or that there is no answer.</param>
/// <param name="BaselineOutcome">The baseline's outcome, or that there is no answer.</param>
/// <param name="Marks">What <see cref="SampleMarks"/> packs.</param>
internal readonly record struct SampleIndexNumbers(
    long Offset,
    int Turn,
    int Repeat,
    int Length,
    byte CandidateOutcome,
    byte BaselineOutcome,
    byte Marks
)
{
    /// <summary>Writes them.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="before">The offset of the sample that was written before; 0 for the first.</param>
    public void Write(BinaryWriter writer, long before)
    {
        writer.Write7BitEncodedInt64(Offset - before);
        writer.Write7BitEncodedInt(Turn);
        writer.Write7BitEncodedInt(Repeat);
        writer.Write7BitEncodedInt(Length);
        writer.Write(CandidateOutcome);
        writer.Write(BaselineOutcome);
        writer.Write(Marks);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="before">The offset of the sample that was read before; 0 for the first.</param>
    public static SampleIndexNumbers Read(BinaryReader reader, long before) =>
        new(
            before + reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt(),
            reader.Read7BitEncodedInt(),
            reader.Read7BitEncodedInt(),
            reader.ReadByte(),
            reader.ReadByte(),
            reader.ReadByte()
        );
}
