using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Tasks.LanguageModelling;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class CsvReaderTests
{
    private static readonly DatasetReadOptions Csv = Options(CsvFormat.Csv);

    [Theory]
    [InlineData("input,expected")]
    [InlineData("prompt,completion")]
    [InlineData("text,label")]
    [InlineData("Text,Label")]
    [InlineData("\"input\",\"output\"")]
    public async Task Usual_columns_are_found(string header)
    {
        var sample = await ReadSampleAsync($"{header}\nhello,world\n", Csv);
        Assert.Equal(("hello", "world"), (sample.Input, Assert.Single(sample.References)));
    }

    [Fact]
    public async Task Named_columns_are_used()
    {
        var columns = new ColumnSpec
        {
            Input = "Body",
            Reference = "Team",
            Id = "No",
            Tags = ["Channel"],
        };
        var sample = await ReadSampleAsync("No,Channel,Body,Team,input\n7,mail,b,t,not this\n", Csv with { Columns = columns });
        Assert.Equal(("b", "t", "7", "mail"), (sample.Input, sample.References[0], sample.Id, sample.Tags["Channel"]));
    }

    [Fact]
    public async Task Tab_separated_values_are_read()
    {
        var sample = await ReadSampleAsync("input\texpected\na, b\tc\n", Options(CsvFormat.Tsv));
        Assert.Equal(("a, b", "c"), (sample.Input, sample.References[0]));
    }

    [Fact]
    public async Task Quoted_field_keeps_delimiters_quotes_and_line_ends()
    {
        var rows = await ReadAsync("input,expected\n\"a,\"\"b\"\"\r\nc\",x\nd,y\n", Csv);
        Assert.Equal("a,\"b\"\r\nc", Assert.IsType<ValidRow>(rows[0]).Sample.Input);
        Assert.Equal([2, 4], rows.Select(row => row.Line));
        Assert.Equal([15, 30], rows.Select(row => row.Offset));
    }

    [Fact]
    public async Task Quote_inside_a_plain_field_is_an_ordinary_character() =>
        Assert.Equal("a 5\" pipe", (await ReadSampleAsync("input,expected\na 5\" pipe,x\n", Csv)).Input);

    [Theory]
    [InlineData("a", 2, "1 field")]
    [InlineData("a,b,c", 3, "3 fields")]
    public async Task Ragged_row_gives_line_and_field(string line, int field, string found)
    {
        var rows = await ReadAsync($"input,expected\ngood,row\n{line}\ngood,row\n", Csv);
        var row = Assert.IsType<MalformedRow>(rows[1]);
        Assert.Equal((MalformedReasons.FieldCount, 3, (int?)field), (row.Reason, row.Line, row.Column));
        Assert.Contains(found, row.Message, StringComparison.Ordinal);
        Assert.IsType<ValidRow>(rows[2]);
    }

    [Fact]
    public async Task Text_after_a_closing_quote_is_bad_quotes()
    {
        var rows = await ReadAsync("input,expected\nx,\"a\"b\nc,d\n", Csv);
        var row = Assert.IsType<MalformedRow>(rows[0]);
        Assert.Equal((MalformedReasons.BadQuotes, (int?)2), (row.Reason, row.Column));
        Assert.IsType<ValidRow>(rows[1]);
    }

    [Fact]
    public async Task Quote_that_is_never_closed_is_one_malformed_row()
    {
        var rows = await ReadAsync("input,expected\na,b\nc,\"d\ne,f\n", Csv);
        Assert.IsType<ValidRow>(rows[0]);
        Assert.Equal(MalformedReasons.UnterminatedQuote, Assert.IsType<MalformedRow>(rows[1]).Reason);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task Carriage_return_inside_a_plain_field_is_malformed() =>
        Assert.Equal(MalformedReasons.StrayCarriageReturn, (await ReadMalformedAsync("input,expected\na\rb,c\n", Csv)).Reason);

    [Fact]
    public async Task Invalid_utf8_gives_the_field()
    {
        byte[] bytes = [.. "input,expected\na,b"u8, 0xE9, .. "\n"u8];
        var row = Assert.IsType<MalformedRow>(Assert.Single(await ReadAsync(bytes, Csv)));
        Assert.Equal((MalformedReasons.InvalidUtf8, (int?)2), (row.Reason, row.Column));
    }

    [Fact]
    public async Task Empty_reference_cell_is_missing_reference() =>
        Assert.Equal(MalformedReasons.MissingReference, (await ReadMalformedAsync("input,expected\na,\n", Csv)).Reason);

    [Fact]
    public async Task Missing_column_is_a_problem_of_the_dataset_and_lists_the_columns()
    {
        var e = await Assert.ThrowsAsync<DatasetException>(() => ReadAsync("question,reply\na,b\n", Csv));
        Assert.Equal((DatasetProblems.MissingColumn, (int?)1), (e.Code, e.Line));
        Assert.Contains("question, reply", e.Message, StringComparison.Ordinal);
        Assert.Contains("columns.reference", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_tag_column_is_a_problem_of_the_dataset() =>
        Assert.Equal(
            DatasetProblems.MissingColumn,
            (
                await Assert.ThrowsAsync<DatasetException>(() =>
                    ReadAsync("input,expected\na,b\n", Csv with { Columns = new ColumnSpec { Tags = ["lang"] } })
                )
            ).Code
        );

    [Fact]
    public async Task Duplicate_column_is_a_problem_of_the_dataset() =>
        Assert.Equal(
            DatasetProblems.DuplicateColumn,
            (await Assert.ThrowsAsync<DatasetException>(() => ReadAsync("input,expected,input\na,b,c\n", Csv))).Code
        );

    [Fact]
    public async Task Unnamed_index_column_is_left_out_of_the_fields()
    {
        var sample = await ReadSampleAsync(",input,expected\n0,a,b\n", Csv);
        Assert.Equal(["input", "expected"], sample.Fields.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task Byte_order_mark_and_blank_lines_before_the_header_are_skipped()
    {
        var (rows, lines) = await ReadWithLinesAsync(Encoding.UTF8.GetBytes("\uFEFF\r\ninput,expected\r\n\r\na,b\r\n"), Csv);
        Assert.Equal(4, Assert.IsType<ValidRow>(Assert.Single(rows)).Line);
        Assert.Equal(4, lines);
    }

    [Fact]
    public async Task Byte_order_mark_before_a_quoted_header_does_not_unquote_it() =>
        Assert.Equal("a", (await ReadSampleAsync("\uFEFF\"input\",\"expected\"\na,b\n", Csv)).Input);

    [Fact]
    public async Task Range_without_header_takes_the_headers_text()
    {
        var sample = await ReadSampleAsync("a,b\n", Csv with { CsvHeader = "input,expected", StartOffset = 500 });
        Assert.Equal(("a", "500"), (sample.Input, sample.Id));
    }

    [Fact]
    public async Task Language_modelling_needs_a_text_column_only() =>
        Assert.Equal(["t"], (await ReadSampleAsync("text\nt\n", Options(CsvFormat.Csv, LanguageModellingTask.Instance))).References);
}
