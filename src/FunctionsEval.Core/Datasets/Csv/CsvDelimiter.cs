using System.Text;

namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>Finds out why a header lacks the required columns: another delimiter divides it, or the line is not a header.</summary>
internal static class CsvDelimiter
{
    private static readonly (char Delimiter, string Name)[] Known =
    [
        (';', "semicolons"),
        ('\t', "tabs"),
        (',', "commas"),
        ('|', "vertical bars"),
    ];

    /// <summary>What is wrong with the header, and the fix; null when nothing is found.</summary>
    /// <param name="header">The header.</param>
    /// <param name="expected">The delimiter that the format has.</param>
    public static string? Advice(string header, char expected)
    {
        if (header.TrimStart() is ['{' or '[', ..])
        {
            return "The first line is JSON. Give the dataset a name that ends in .jsonl.";
        }

        if (header.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && header.TrimEnd().Length <= "sep=".Length + 1)
        {
            return "The first line tells Excel the delimiter (sep=). Remove it, so that the column names come first.";
        }

        var (delimiter, name, fields) = Known
            .Select(known => (known.Delimiter, known.Name, Fields: CountFields(header, known.Delimiter)))
            .MaxBy(known => known.Fields);
        if (fields <= CountFields(header, expected))
        {
            return null;
        }

        var expectedName = expected == '\t' ? "tabs" : "commas";
        var fix = delimiter switch
        {
            '\t' => "Give the dataset a name that ends in .tsv.",
            ',' => "Give the dataset a name that ends in .csv.",
            _ => "Convert it, for example with `python3 -c \"import csv, sys; csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, "
                + $"delimiter='{delimiter}'))\" < in.csv > out.csv`.",
        };
        return $"The header is delimited by {name}, not by {expectedName}; read that way, it has {fields} columns. {fix}";
    }

    private static int CountFields(string header, char delimiter)
    {
        var scanner = new CsvScanner((byte)delimiter);
        scanner.Start();
        scanner.FindEnd(Encoding.UTF8.GetBytes(header));
        return scanner.Field;
    }
}
