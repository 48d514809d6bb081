using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>A row is a line.</summary>
internal sealed class LineScanner : RowScanner
{
    public override int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return -1;
        }

        LineFeeds++;
        return end + 1;
    }
}
