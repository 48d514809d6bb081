using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class DatasetProbeTests
{
    private const string Good = """{"text":"t","label":"spam"}""";

    private static readonly EvaluationSpec Spec = new()
    {
        Task = ClassificationTask.Instance,
        Model = "m",
        Labels = ["spam", "ham"],
    };

    [Theory]
    [InlineData("")]
    [InlineData("\n \r\n\n")]
    [InlineData("\uFEFF")]
    public async Task Nothing_but_white_space_is_empty(string text)
    {
        var e = await ThrowsAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(DatasetProblems.Empty, e.Code);
        Assert.StartsWith("tickets/test.jsonl: ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14 }, "ZIP")]
    [InlineData(new byte[] { 0x1F, 0x8B, 0x08 }, "gunzip")]
    [InlineData(new byte[] { (byte)'P', (byte)'A', (byte)'R', (byte)'1', 0x15 }, "Parquet")]
    [InlineData(new byte[] { 1, 2, 0, 3, 0, 0, 0, 9, 0, 7, 1 }, "NUL")]
    public async Task Binary_content_is_named(byte[] bytes, string word)
    {
        var e = await ThrowsAsync(bytes);
        Assert.Equal(DatasetProblems.Binary, e.Code);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PAR1,label")]
    [InlineData("BZh,label")]
    public async Task Csv_header_that_begins_like_a_file_format_is_text(string header)
    {
        var bytes = Encoding.UTF8.GetBytes($"{header}\nt,spam\n");
        var spec = Spec with { Columns = new ColumnSpec { Input = header.Split(',')[0] } };
        Assert.Equal(
            new DatasetProbeResult(1, 0),
            await DatasetProbe.CheckAsync(
                Range(bytes),
                bytes.Length,
                "test.csv",
                spec.ReadOptions(CsvFormat.Csv),
                spec.Limits.MaxMalformedShare
            )
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Utf16_is_told_with_the_fix(bool withMark)
    {
        byte[] mark = withMark ? [0xFF, 0xFE] : [];
        var e = await ThrowsAsync([.. mark, .. Encoding.Unicode.GetBytes(Good)]);
        Assert.Equal(DatasetProblems.Encoding, e.Code);
        Assert.Contains("iconv", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"text\":\"t\"}]", "jq -c '.[]'")]
    [InlineData("{\n  \"text\": \"t\"\n}", "jq -c .")]
    [InlineData("<!DOCTYPE html>", "HTML")]
    public async Task Json_that_is_not_one_object_a_line_is_told_with_the_fix(string text, string fix)
    {
        var e = await ThrowsAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(DatasetProblems.NotJsonLines, e.Code);
        Assert.Contains(fix, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_that_the_spec_does_not_have_name_line_field_and_fix()
    {
        var e = await ThrowsAsync($"{Good}\n{{\"text\":\"t\",\"label\":\"privateword\"}}\n");
        Assert.Equal((MalformedReasons.UnknownLabel, (int?)2), (e.Code, e.Line));
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("label", e.Message, StringComparison.Ordinal);
        Assert.Contains("`columns.reference`", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("privateword", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commonest_reason_is_the_one_told()
    {
        var e = await ThrowsAsync($"oops\n{{\"text\":\"t\"}}\n{{\"text\":\"t\"}}\n{Good}\n");
        Assert.Equal((MalformedReasons.MissingReference, (int?)2), (e.Code, e.Line));
        Assert.Contains("3 of the first 4 rows", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ambiguous_rows_end_the_run_whatever_the_limit_and_are_counted_alone()
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Limits = new LimitSpec { MaxMalformedShare = 1 },
        };
        const string Tools = """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"tools":[{"name":"f"}]}""";
        var e = await ThrowsAsync($"oops\n{Tools}\n{Tools}\n{{\"input\":\"i\",\"ideal\":\"a\"}}\n", spec);
        Assert.Equal((MalformedReasons.Ambiguous, (int?)2), (e.Code, e.Line));
        Assert.StartsWith(
            "tickets/test.jsonl: 2 of the first 4 rows are ambiguous. First at line 2: The row offers",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rows_with_several_labels_are_told_of_the_task_for_them() =>
        Assert.EndsWith(
            "use the task multi_label.",
            (await ThrowsAsync("""{"text":"t","label":["spam","ham"]}""")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(0.10, false)]
    [InlineData(0.09, true)]
    public async Task Malformed_share_up_to_the_limit_is_let_through(double limit, bool throws)
    {
        var text = string.Concat(Enumerable.Repeat(Good + "\n", 9)) + "oops\n";
        var spec = Spec with { Limits = new LimitSpec { MaxMalformedShare = limit } };
        if (throws)
        {
            await ThrowsAsync(text, spec);
        }
        else
        {
            Assert.Equal(new DatasetProbeResult(10, 1), await CheckAsync(Encoding.UTF8.GetBytes(text), spec));
        }
    }

    [Fact]
    public async Task Only_complete_rows_of_a_long_dataset_are_looked_at()
    {
        var row = $$"""{"text":"{{new string('x', 100_000)}}","label":"spam"}""" + "\n";
        Assert.Equal(new DatasetProbeResult(2, 0), await CheckAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(row, 5)))));
    }

    [Fact]
    public async Task Few_complete_rows_of_a_long_dataset_are_too_few_to_judge()
    {
        var longRow = $$"""{"text":"{{new string('x', 200_000)}}","label":"spam"}""";
        var result = await CheckAsync(Encoding.UTF8.GetBytes($"oops\n{Good}\n{longRow}\n{longRow}\n"));
        Assert.Equal(new DatasetProbeResult(3, 1), result);
    }

    [Fact]
    public async Task Csv_without_the_columns_names_the_file()
    {
        var e = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(
                Range("a,b\n1,2\n"u8.ToArray()),
                8,
                "tickets/test.csv",
                Spec.ReadOptions(CsvFormat.Csv),
                Spec.Limits.MaxMalformedShare
            )
        );
        Assert.Equal(DatasetProblems.MissingColumn, e.Code);
        Assert.StartsWith("tickets/test.csv: line 1: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_with_a_header_only_is_empty()
    {
        var e = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(
                Range("text,label\n"u8.ToArray()),
                11,
                "tickets/test.csv",
                Spec.ReadOptions(CsvFormat.Csv),
                Spec.Limits.MaxMalformedShare
            )
        );
        Assert.Equal(DatasetProblems.Empty, e.Code);
    }

    private static Task<DatasetProbeResult> CheckAsync(byte[] bytes, EvaluationSpec? spec = null) =>
        DatasetProbe.CheckAsync(
            Range(bytes),
            bytes.Length,
            "tickets/test.jsonl",
            (spec ?? Spec).ReadOptions(JsonlFormat.Instance),
            (spec ?? Spec).Limits.MaxMalformedShare
        );

    private static Task<DatasetException> ThrowsAsync(string text, EvaluationSpec? spec = null) =>
        ThrowsAsync(Encoding.UTF8.GetBytes(text), spec);

    private static Task<DatasetException> ThrowsAsync(byte[] bytes, EvaluationSpec? spec = null) =>
        Assert.ThrowsAsync<DatasetException>(() => CheckAsync(bytes, spec));
}
