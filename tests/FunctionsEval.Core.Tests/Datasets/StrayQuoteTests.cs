using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Tasks.Classification;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>A quote that opens no field takes in no row unsaid. The oracle is the file that its author wrote: a row a line.</summary>
public sealed class StrayQuoteTests
{
    private static readonly DatasetReadOptions Tsv = Options(CsvFormat.Tsv);

    /// <summary>60 rows; at line 11 a text begins with a quote, at line 15 one ends with a quote.</summary>
    private static string File(char delimiter, string lineEnd = "\n", Func<int, string?>? row = null) =>
        string.Concat(
            Enumerable
                .Range(0, 61)
                .Select(line =>
                    (
                        line == 0
                            ? $"text{delimiter}label"
                            : row?.Invoke(line + 1)
                                ?? (line + 1) switch
                                {
                                    11 => $"\"opening{delimiter}a",
                                    15 => $"he said \"{delimiter}b",
                                    _ => $"row {line}{delimiter}a",
                                }
                    ) + lineEnd
                )
        );

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Tsv_row_with_a_stray_quote_is_a_row(string lineEnd)
    {
        var rows = await ReadAsync(File('\t', lineEnd), Tsv);

        Assert.Equal(Enumerable.Range(2, 60), rows.Select(row => row.Line));
        var samples = rows.Select(row => Assert.IsType<ValidRow>(row).Sample).ToList();
        Assert.Equal(("\"opening", "a"), (samples[9].Input, samples[9].References[0]));
        Assert.Equal(("he said \"", "b"), (samples[13].Input, samples[13].References[0]));
        Assert.Equal(
            (60, 60),
            (samples.Select(sample => sample.Id).Distinct().Count(), samples.Select(sample => sample.Input).Distinct().Count())
        );
    }

    [Fact]
    public async Task Tsv_quote_that_is_never_closed_takes_in_nothing()
    {
        var rows = await ReadAsync(File('\t', row: line => line == 15 ? "no quote\tb" : null), Tsv);
        Assert.Equal(60, rows.Count);
        Assert.All(rows, row => Assert.IsType<ValidRow>(row));
    }

    [Fact]
    public async Task Tsv_rows_that_a_quote_takes_in_keep_their_own_quotes()
    {
        var rows = await ReadAsync("text\tlabel\n\"one\ta\n\"two \"\"x\"\"\"\ta\nthree\ta\n", Tsv);
        Assert.Equal(["\"one", "two \"x\"", "three"], rows.Select(row => Assert.IsType<ValidRow>(row).Sample.Input));
    }

    [Theory]
    [InlineData("text\tlabel\n\"one\n\ntwo\"\ta\n", "one\n\ntwo", "a")]
    [InlineData("text\tlabel\nwrite f\t\"def f():\n\treturn 1\"\n", "write f", "def f():\n\treturn 1")]
    [InlineData("text\tlabel\n\"a\tb\nc\td\"\tx\n", "a\tb\nc\td", "x")]
    public async Task Tsv_text_of_several_lines_is_one_row(string tsv, string input, string reference)
    {
        var sample = await ReadSampleAsync(tsv, Tsv);
        Assert.Equal((input, reference), (sample.Input, sample.References[0]));
    }

    [Theory]
    [InlineData("text,label\n\"Hello,\nmy parcel is late\",a\n", "Hello,\nmy parcel is late")]
    [InlineData("text,label\n\"Hello, Bob\nmy parcel is late\",a\n", "Hello, Bob\nmy parcel is late")]
    [InlineData("text,label\n\"I paid 1,234\nand nothing came\",a\n", "I paid 1,234\nand nothing came")]
    [InlineData("text,label\n\"f(a,b)\nx = 1\nh(a,b,c)\ni\",a\n", "f(a,b)\nx = 1\nh(a,b,c)\ni")]
    [InlineData("text,label\n\"one\n\ntwo, three\n\nfour\nfive, six\nseven\",a\n", "one\n\ntwo, three\n\nfour\nfive, six\nseven")]
    public async Task Csv_text_of_several_lines_is_one_row(string csv, string input)
    {
        Assert.Equal(input, (await ReadSampleAsync(csv, Options(CsvFormat.Csv))).Input);
        Assert.Equal(1, (await PlanAsync(csv, CsvFormat.Csv)).EstimatedRows);
    }

    /// <summary>
    /// Texts whose lines have as many fields as the header, as a writer of CSV quotes them. The oracle is what was written.
    /// </summary>
    [Theory]
    [InlineData("csv", "a,b\nc,d\ne,f\ng,h")]
    [InlineData("csv", "Main St 1,Berlin\nSide St 2,Paris\nHigh St 3,London\nLow St,Rome\n")]
    [InlineData("csv", "你好,世界\n再见,世界\n谢谢,大家\n早安,朋友")]
    [InlineData("csv", "User: hi,there\r\nBot: hello,you\r\nUser: bye,now\r\nBot: ciao,ciao")]
    [InlineData("tsv", "a\tb\nc\td\ne\tf\ng\th\n")]
    [InlineData("tsv", "name\tage\nAnn\t3\nBob\t4\nCid\t5")]
    [InlineData("tsv", "red\t\nblue\t\nsweet")]
    public async Task Text_whose_lines_are_divided_alike_is_one_row(string name, string text)
    {
        var format = Format(name);
        var d = format == CsvFormat.Csv ? ',' : '\t';
        var file = $"text{d}label\n\"{text}\"{d}a\nq{d}\"{text}\"\n\"{text}\"{d}\"b\"\n";
        var rows = await ReadAsync(file, Options(format));
        Assert.Equal(
            [(text, "a"), ("q", text), (text, "b")],
            rows.Select(row => Assert.IsType<ValidRow>(row).Sample).Select(sample => (sample.Input, sample.References[0]))
        );
        Assert.Equal(3, (await PlanAsync(file, format)).EstimatedRows);
    }

    /// <summary>
    /// A text in the last column that has a line before a table, or two rows with a stray quote each: neither is taken for the other.
    /// </summary>
    [Fact]
    public async Task Tsv_text_that_may_be_rows_refuses_the_dataset()
    {
        var tsv = "text\tlabel\nq\t\"Names:\nname\tage\nAnn\t3\"\n";
        Assert.Equal(MalformedReasons.StrayQuote, (await ReadMalformedAsync(tsv, Tsv)).Reason);
        var e = await Assert.ThrowsAsync<DatasetException>(() => PlanAsync(tsv, CsvFormat.Tsv));
        Assert.Equal((MalformedReasons.StrayQuote, (int?)2), (e.Code, e.Line));
    }

    [Theory]
    [InlineData("input,expected,id\n\"a,b,c\nd,e,f\ng,h,i\nj,k,l\n\",x,1\n")]
    [InlineData("input,expected,id\n\"a,b,c\nd,e,f\ng,h,i\nj,k,l\",x,1\n")]
    [InlineData("id,input,expected\n1,\"a,b,c\nd,e,f\ng,h,i\nj,k,l\",x\n")]
    public async Task Text_in_three_columns_whose_lines_are_divided_alike_is_one_row(string csv) =>
        Assert.StartsWith(
            "a,b,c\nd,e,f\ng,h,i\nj,k,l",
            (await ReadSampleAsync(csv, Options(CsvFormat.Csv))).Input,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("csv", null, null)]
    [InlineData("csv", 13, "a ragged row")]
    [InlineData("csv", 15, "he said \"so\",b")] // A closing quote with text behind it.
    [InlineData("tsv", 13, "a ragged row")]
    public async Task Stray_quote_that_leaves_a_doubt_refuses_the_dataset_and_says_its_line(string name, int? line, string? content)
    {
        var format = Format(name);
        var text = File(format == CsvFormat.Csv ? ',' : '\t', row: number => number == line ? content : null);

        var e = await Assert.ThrowsAsync<DatasetException>(() => PlanAsync(text, format));

        Assert.Equal((MalformedReasons.StrayQuote, (int?)11), (e.Code, e.Line));
        Assert.Contains("lines 11 to 15", e.Message, StringComparison.Ordinal);
        Assert.Equal(MalformedReasons.StrayQuote, Assert.IsType<MalformedRow>((await ReadAsync(text, Options(format)))[9]).Reason);
    }

    [Fact]
    public async Task Csv_lines_with_labels_of_their_own_are_told_even_when_they_are_two()
    {
        var options = Options(CsvFormat.Csv, ClassificationTask.Instance, "a", "b");
        var rows = await ReadAsync("text,label\n\"one,a\ntwo \",b\nthree,a\n", options);
        Assert.Equal((MalformedReasons.StrayQuote, 2), (Assert.IsType<MalformedRow>(rows[0]).Reason, rows[0].Line));
        Assert.Equal("three", Assert.IsType<ValidRow>(rows[1]).Sample.Input);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("tsv")]
    public async Task Quote_that_takes_in_more_than_a_row_may_have_refuses_the_dataset(string name)
    {
        var format = Format(name);
        var delimiter = format == CsvFormat.Csv ? ',' : '\t';
        var text = new StringBuilder($"text{delimiter}label\n\"open{delimiter}a\n");
        while (text.Length <= DatasetReadOptions.DefaultMaxRowBytes + 10)
        {
            text.Append("a row of some length").Append(delimiter).Append("a\n");
        }

        var e = await Assert.ThrowsAsync<DatasetException>(() => PlanAsync($"{text}end\"{delimiter}a\n", format));
        Assert.Equal((MalformedReasons.StrayQuote, (int?)2), (e.Code, e.Line));
    }

    /// <summary>
    /// Of lines that each open a quote again only one pass is made: bytes allocated grow with the file and not with its square.
    /// </summary>
    [Fact]
    public async Task Tsv_of_stray_quotes_in_every_row_is_read_in_one_pass()
    {
        const int Lines = 100_000;
        var bytes = Encoding.UTF8.GetBytes("text\tlabel\n" + string.Concat(Enumerable.Repeat("a\"\t\"b\n", Lines)));
        var plan = await ShardPlanner.PlanAsync(
            Range(bytes),
            bytes.Length,
            new ShardPlanOptions { Format = CsvFormat.Tsv },
            TestContext.Current.CancellationToken
        );
        Assert.Equal((Lines, bytes.Length), ((int)plan.EstimatedRows, (int)plan.BytesRead));
    }

    private static Task<ShardPlan> PlanAsync(string text, DatasetFormat format)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return ShardPlanner.PlanAsync(
            Range(bytes),
            bytes.Length,
            new ShardPlanOptions { Format = format },
            TestContext.Current.CancellationToken
        );
    }
}
