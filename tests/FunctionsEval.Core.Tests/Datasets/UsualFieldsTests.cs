using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>The names of datasets on Hugging Face, after their cards.</summary>
public sealed class UsualFieldsTests
{
    [Theory]
    [InlineData("""{"question":"q","answer":"r"}""")] // GSM8K
    [InlineData("""{"article":"q","highlights":"r","id":"1"}""")] // CNN/DailyMail
    [InlineData("""{"document":"q","summary":"r","id":"1"}""")] // XSum
    [InlineData("""{"dialogue":"q","summary":"r","id":"1"}""")] // SAMSum
    [InlineData("""{"sentence":"q","label":"r","idx":1}""")] // SST-2
    [InlineData("""{"query":"q","ground_truth":"r"}""")]
    [InlineData("""{"instruction":"q","context":"","response":"r","category":"c"}""")] // Dolly
    [InlineData("""{"item":{"question":"q","answer":"r"}}""")]
    [InlineData("""{"question":"q","text":null,"answer":"r","reference":null}""")]
    public async Task Row_of_usual_names_is_a_sample(string row)
    {
        var sample = await ReadSampleAsync(row);
        Assert.Equal(("q", "r"), (sample.Input, Assert.Single(sample.References)));
    }

    [Theory]
    [InlineData("""{"question":"q","context":"c","answer":"r"}""", MalformedReasons.MissingInput)] // more than the question
    [InlineData("""{"question":"q","passage":"c","answer":"r"}""", MalformedReasons.MissingInput)]
    [InlineData("""{"article":"c","question":"q","answer":"r"}""", MalformedReasons.MissingInput)]
    [InlineData("""{"sentence1":"a","sentence2":"b","label":"r"}""", MalformedReasons.MissingInput)]
    [InlineData("""{"premise":"a","hypothesis":"b","label":"r"}""", MalformedReasons.MissingInput)]
    [InlineData("""{"translation":{"de":"a","en":"b"}}""", MalformedReasons.MissingReference)]
    [InlineData("""{"query":"q","response":"a","ground_truth":"r"}""", MalformedReasons.MissingReference)] // one of them a model's
    [InlineData("""{"question":"q","answer":{"value":"r"}}""", MalformedReasons.WrongType)]
    public async Task Row_of_two_readings_is_not_guessed(string row, string reason) =>
        Assert.Equal(reason, (await ReadMalformedAsync(row)).Reason);

    [Fact]
    public async Task Names_of_the_documentation_come_first()
    {
        var sample = await ReadSampleAsync("""{"question":"q","input":"i","answer":"a","expected":"r"}""");
        Assert.Equal(("i", "r"), (sample.Input, Assert.Single(sample.References)));
    }

    /// <summary>What a template makes the prompt of is not the input, so that hashes and logs of such suites stay.</summary>
    [Fact]
    public async Task Input_is_not_taken_where_a_template_makes_the_prompt()
    {
        var sample = await ReadSampleAsync("""{"question":"q","expected":"r"}""", Options() with { RequireInput = false });
        Assert.Equal("", sample.Input);
    }

    [Theory]
    [InlineData("Question,Answer\nq,r\n")]
    [InlineData("id,document,summary\n1,q,r\n")]
    public async Task Csv_header_of_usual_names_is_read(string csv)
    {
        var sample = await ReadSampleAsync(csv, Options(CsvFormat.Csv));
        Assert.Equal(("q", "r"), (sample.Input, Assert.Single(sample.References)));
    }

    [Fact]
    public async Task Csv_header_of_two_readings_is_refused()
    {
        var refused = await Assert.ThrowsAsync<DatasetException>(() =>
            ReadAsync("question,context,answer\nq,c,r\n", Options(CsvFormat.Csv))
        );
        Assert.Equal(DatasetProblems.MissingColumn, refused.Code);
        Assert.Contains("columns.input", refused.Message, StringComparison.Ordinal);
    }
}
