using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Parquet;
using Parquet.Schema;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>Downloads, read back by the formats' own readers.</summary>
public sealed class SampleExportTests
{
    private static readonly SampleFilter Everything = new(null, null, null, null);

    private static readonly SampleResult[] Samples =
    [
        new()
        {
            Id = "a",
            Line = 1,
            Offset = 0,
            Input = "=HYPERLINK(\"x\"),\r\nnext \u2028 line 😀",
            References = ["yes", "\"y\""],
            Tags = new Dictionary<string, string> { ["lang"] = "de" },
            Candidate = Answer(Outcome.Scored, "yes", "yes"),
            Baseline = Answer(Outcome.Scored, "no", "no"),
        },
        new()
        {
            Id = "b",
            Line = 2,
            Offset = 90,
            References = ["no"],
            Candidate = Answer(Outcome.Unparsable, "-no-", null),
            Baseline = Answer(Outcome.Scored, "no", "no"),
        },
        new()
        {
            Id = "c",
            Line = 3,
            Offset = 180,
            References = ["no"],
            Candidate = Answer(Outcome.TimedOut, null, null),
        },
        new()
        {
            Id = "d",
            Line = 4,
            Offset = 270,
            References = ["no"],
            Baseline = Answer(Outcome.Scored, "no", "no"),
        },
    ];

    [Fact]
    public async Task Csv_reads_back_as_it_was_but_for_formulas_which_are_disarmed()
    {
        using var output = new MemoryStream();
        await SampleExport.WriteCsvAsync(Lines(), Everything, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        using var csv = new CsvReader(new StreamReader(output), CultureInfo.InvariantCulture);
        var rows = csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>().ToList();

        Assert.Equal(["a", "b", "c", "d"], rows.Select(row => row["id"]));
        Assert.Equal("'" + Samples[0].Input, rows[0]["input"]);
        Assert.Equal("'-no-", rows[1]["candidate_text"]);
        Assert.Equal(Samples[0].References, JsonSerializer.Deserialize<string[]>((string)rows[0]["references"])!);
        Assert.Equal(["gained", "lost", "", ""], rows.Select(row => row["flip"]));
        Assert.Equal(["scored", "unparsable", "timed_out", ""], rows.Select(row => row["candidate_outcome"]));
        Assert.Equal(["no", "no", "", "no"], rows.Select(row => row["baseline_text"]));
    }

    /// <summary>A number within its tolerance is right, whatever its text is.</summary>
    [Fact]
    public async Task Csv_says_who_alone_is_right_as_the_filter_does()
    {
        using var output = new MemoryStream();
        var filter = Everything with { Marks = row => row == 0 ? new AnswerMarks(Candidate: true, Baseline: true) : null };
        await SampleExport.WriteCsvAsync(Lines(), filter, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        using var csv = new CsvReader(new StreamReader(output), CultureInfo.InvariantCulture);
        var rows = csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>().ToList();

        Assert.Equal(["", "lost", "", ""], rows.Select(row => row["flip"]));
    }

    [Fact]
    public async Task Csv_leaves_numbers_alone_and_disarms_a_leading_line_feed_or_full_width_sign()
    {
        SampleResult[] samples =
        [
            Samples[0] with
            {
                Candidate = Answer(Outcome.Scored, "-12.5", "-12.5") with { LogProbability = -0.25 },
            },
            Samples[0] with
            {
                Candidate = Answer(Outcome.Scored, "\n=1+1", "＝1+1"),
            },
        ];
        using var output = new MemoryStream();
        var lines = new MemoryStream([
            .. samples.SelectMany(sample => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(sample, RunJson.Options), (byte)'\n']),
        ]);
        await SampleExport.WriteCsvAsync(lines, Everything, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        using var csv = new CsvReader(new StreamReader(output), CultureInfo.InvariantCulture);
        var rows = csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>().ToList();

        Assert.Equal(
            ("-12.5", "-12.5", "-0.25"),
            (rows[0]["candidate_text"], rows[0]["candidate_prediction"], rows[0]["candidate_log_probability"])
        );
        Assert.Equal(("'\n=1+1", "'＝1+1"), (rows[1]["candidate_text"], rows[1]["candidate_prediction"]));
    }

    /// <summary>An answer that calls tools has no text; a text task makes no prediction of it.</summary>
    [Fact]
    public async Task Csv_has_the_calls_of_an_answer()
    {
        var sample = Samples[0] with
        {
            Candidate = Answer(Outcome.Unparsable, "", "") with { Prediction = null, ToolCalls = [new AnsweredCall("f", """{"a":"ü"}""")] },
        };
        using var output = new MemoryStream();
        var lines = new MemoryStream([.. JsonSerializer.SerializeToUtf8Bytes(sample, RunJson.Options), (byte)'\n']);
        await SampleExport.WriteCsvAsync(lines, Everything, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        using var csv = new CsvReader(new StreamReader(output), CultureInfo.InvariantCulture);
        var row = (IDictionary<string, object>)Assert.Single(csv.GetRecords<dynamic>());

        var calls = JsonSerializer.Deserialize<IReadOnlyList<AnsweredCall>>((string)row["candidate_tool_calls"], ResultJson.Options)!;
        Assert.Equal(("f", """{"a":"ü"}"""), (calls.Single().Name, calls.Single().Arguments));
    }

    /// <summary>A row group is held until it is written: long answers make short groups.</summary>
    [Fact]
    public async Task Parquet_holds_no_more_than_32_Mi_characters_of_samples_at_once()
    {
        var text = new string('x', 12 << 20);
        var lines = new MemoryStream([
            .. Enumerable
                .Repeat(Samples[1] with { Candidate = Answer(Outcome.Scored, text, "x") }, 5)
                .SelectMany(sample => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(sample, RunJson.Options), (byte)'\n']),
        ]);
        using var output = new MemoryStream();
        await SampleExport.WriteParquetAsync(lines, Everything, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        await using var parquet = await ParquetReader.CreateAsync(output, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([2, 2, 1], Enumerable.Range(0, parquet.RowGroupCount).Select(group => parquet.OpenRowGroupReader(group).RowCount));
    }

    [Fact]
    public async Task Parquet_reads_back_unchanged_with_nulls_where_there_is_nothing()
    {
        using var output = new MemoryStream();
        await SampleExport.WriteParquetAsync(Lines(), Everything, output, TestContext.Current.CancellationToken);
        output.Position = 0;
        await using var parquet = await ParquetReader.CreateAsync(output, cancellationToken: TestContext.Current.CancellationToken);
        using var group = parquet.OpenRowGroupReader(0);

        Assert.Equal(1, parquet.RowGroupCount);
        Assert.Equal(Samples.Select(sample => sample.Input), await TextAsync("input"));
        Assert.Equal(Samples.Select(sample => sample.Candidate?.Text), await TextAsync("candidate_text"));
        Assert.Equal(["no", "no", null, "no"], await TextAsync("baseline_text"));
        Assert.Equal(["gained", "lost", null, null], await TextAsync("flip"));
        var lines = new long?[Samples.Length];
        await group.ReadAsync<long>(Field("line"), lines.AsMemory());
        Assert.Equal([1, 2, 3, 4], lines);
        var probabilities = new double?[Samples.Length];
        await group.ReadAsync<double>(Field("candidate_log_probability"), probabilities.AsMemory());
        Assert.Equal([-0.25, null, null, null], probabilities);

        DataField Field(string name) => parquet.Schema.FindDataField(name);

        async Task<string?[]> TextAsync(string name)
        {
            var values = new string?[Samples.Length];
            await group.ReadAsync(Field(name), values.AsMemory()!);
            return values;
        }
    }

    [Fact]
    public async Task Parquet_of_many_samples_has_row_groups_and_of_none_a_schema_alone()
    {
        foreach (var (filter, groups) in new[] { (Everything, 3), (Everything with { Label = "nothing" }, 0) })
        {
            using var output = new MemoryStream();
            await SampleExport.WriteParquetAsync(Lines(5_250), filter, output, TestContext.Current.CancellationToken);
            output.Position = 0;
            await using var parquet = await ParquetReader.CreateAsync(output, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(groups, parquet.RowGroupCount);
            Assert.Equal(45, parquet.Schema.DataFields.Length);
        }
    }

    [Theory]
    [InlineData("unparsable", null, null, null, "b")]
    [InlineData(null, "no", null, null, "bcd")]
    [InlineData(null, null, "yes", null, "a")]
    [InlineData(null, null, null, "lost", "b")]
    [InlineData("scored", null, null, null, "abd")]
    [InlineData("scored", null, null, "gained", "a")]
    public async Task Json_lines_are_those_of_the_samples_that_match(
        string? outcome,
        string? label,
        string? prediction,
        string? flip,
        string expected
    )
    {
        var filter = new SampleFilter(
            outcome is null ? null : OutcomeNames.All[outcome],
            label,
            prediction,
            flip is null ? null : Enum.Parse<Flip>(flip, ignoreCase: true)
        );
        using var output = new MemoryStream();
        await SampleExport.WriteJsonLinesAsync(Lines(), filter, output, TestContext.Current.CancellationToken);

        var all = Encoding.UTF8.GetString(Lines().ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            all.Where((_, index) => expected.Contains(Samples[index].Id, StringComparison.Ordinal)),
            Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    private static AnswerResult Answer(Outcome outcome, string? text, string? prediction) =>
        new()
        {
            Outcome = outcome,
            Text = text,
            Prediction = prediction,
            FinishReason = "stop",
            InputTokens = 3,
            OutputTokens = 1,
            LogProbability = prediction == "yes" ? -0.25 : null,
        };

    private static MemoryStream Lines(int times = 1) =>
        new(
            Encoding.UTF8.GetBytes(
                string.Concat(
                    Enumerable.Repeat(
                        string.Concat(Samples.Select(sample => JsonSerializer.Serialize(sample, RunJson.Options) + "\n")),
                        times
                    )
                )
            )
        );
}
