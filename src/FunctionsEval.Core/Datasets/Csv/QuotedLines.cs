using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>
/// Distinguishes a text of several lines from rows that a stray quote takes in. A line looks like a row when it has as many fields as the
/// header. The first and the last line of a text share their lines with the record's other fields; those of rows do not. So both must look
/// like rows. Text has commas and tabs as well, so a delimiter counts only where rows have it: not first in a line; in a table of two
/// columns, with nothing empty beside it; a comma, without white space after it and, in two columns, without digits on both sides. A few
/// lines of a field that is quoted correctly are text.
/// </summary>
internal static class QuotedLines
{
    /// <summary>From this many lines on, a correctly quoted field with commas is doubted.</summary>
    private const int MinLines = 4;

    /// <summary>Judges the lines of a record.</summary>
    /// <param name="record">The record from its start.</param>
    /// <param name="delimiter">What stands between fields.</param>
    /// <param name="columns">Fields of the header; with less than 2 nothing can be told.</param>
    /// <param name="isWellQuoted">Whether every quote that opens a field is closed at a field's end, and there are as many fields as in the
    /// header.</param>
    public static QuotedLinesKind Judge(ReadOnlySpan<byte> record, byte delimiter, int columns, bool isWellQuoted)
    {
        if (columns < 2)
        {
            return QuotedLinesKind.Text;
        }

        // Nothing of the record stands behind a text in the last column: rows and a text with a line before a table look the same.
        var isInDoubt = isWellQuoted && OpensLastField(record, delimiter, columns);
        var (lines, rows, isRow) = (0, 0, true);
        while (!record.IsEmpty)
        {
            var end = record.IndexOf((byte)'\n');
            var line = (end < 0 ? record : record[..end]).TrimEnd((byte)'\r');
            record = end < 0 ? [] : record[(end + 1)..];
            if (line.IndexOfAnyExcept(" \t"u8) < 0)
            {
                continue;
            }

            isRow = LooksLikeRow(line, delimiter, columns);
            if (lines == 0 && !isRow)
            {
                return QuotedLinesKind.Text;
            }

            lines++;
            rows += isRow ? 1 : 0;
        }

        return !isRow ? QuotedLinesKind.Text
            : delimiter == '\t'
                ? (
                    rows == lines ? (isInDoubt ? QuotedLinesKind.MostlyRows : QuotedLinesKind.Rows)
                    : IsMost(MinLines) ? QuotedLinesKind.MostlyRows
                    : QuotedLinesKind.Text
                )
            : IsMost(isWellQuoted ? MinLines : 2) ? QuotedLinesKind.MostlyRows
            : QuotedLinesKind.Text;

        bool IsMost(int minLines) => lines >= minLines && rows * 4L >= lines * 3L;
    }

    private static bool OpensLastField(ReadOnlySpan<byte> record, byte delimiter, int columns)
    {
        var scanner = new CsvScanner(delimiter);
        scanner.Start();
        scanner.FindEnd(record[..Math.Max(record.IndexOf((byte)'\n'), 0)]);
        return scanner.InQuotes && scanner.Field == columns;
    }

    private static bool LooksLikeRow(ReadOnlySpan<byte> line, byte delimiter, int columns)
    {
        var scanner = new CsvScanner(delimiter);
        scanner.Start();
        scanner.FindEnd(line);
        var hasQuotes = !scanner.InQuotes;
        var (fields, fieldStart, isQuoted) = (1, 0, hasQuotes && line[0] == '"');
        for (var i = 0; i < line.Length; i++)
        {
            if (isQuoted)
            {
                isQuoted = i == fieldStart || line[i] != '"';
                continue;
            }

            if (line[i] == '"' && hasQuotes && line[fieldStart] == '"')
            {
                isQuoted = true;
                continue;
            }

            if (line[i] != delimiter)
            {
                continue;
            }

            if (!Divides(line, i, fieldStart, delimiter, columns))
            {
                return false;
            }

            fields++;
            fieldStart = i + 1;
            isQuoted = hasQuotes && fieldStart < line.Length && line[fieldStart] == '"';
        }

        return fields == columns;
    }

    /// <summary>Whether a delimiter stands where it would between the fields of a row.</summary>
    private static bool Divides(ReadOnlySpan<byte> line, int at, int fieldStart, byte delimiter, int columns)
    {
        var isNothing = line[fieldStart..at].IndexOfAnyExcept(" \""u8) < 0;
        var after = at + 1 < line.Length ? line[at + 1] : delimiter;
        if (isNothing && fieldStart == 0)
        {
            // Lines of a text begin with tabs, and a text that ends with a line end has its quote before the delimiter.
            return false;
        }

        var isAmidText = columns > 2 || (!isNothing && after != delimiter);
        var isInNumber = columns == 2 && at > 0 && char.IsAsciiDigit((char)line[at - 1]) && char.IsAsciiDigit((char)after);
        return isAmidText && (delimiter == '\t' || (after != ' ' && after != '\t' && !isInNumber));
    }
}
