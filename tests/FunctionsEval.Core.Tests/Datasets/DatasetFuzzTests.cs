using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Fuzzing;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>
/// Whatever bytes a dataset has, it is read as rows, good and malformed, or refused; no row is lost or made up, however it is cut.
/// </summary>
public sealed class DatasetFuzzTests
{
    private const string Json = """
        {"id":"a","messages":[{"role":"user","content":"u"},{"role":"assistant","content":"x","weight":1}]}
        {"instruction":"i","input":"n","output":"x","history":[["q","a"]]}
        {"conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"x"}]}
        {"question":"q","input":"i","choices":{"text":["a","b"],"label":["1","2"]},"answerKey":"2"}
        {"input":"i","answers":{"text":[],"answer_start":[]}}
        {"input":"i","sol1":"a","sol2":"b","label":1,"tags":{"k":"v"}}

        """;

    private static readonly string[] Words =
    [
        "\"",
        "\"\"",
        ",",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "{",
        "}",
        "[",
        "]",
        ":",
        "null",
        "true",
        "1e999",
        "\\ud800",
        "\uFEFF",
        "\0",
        "é",
        "\u2028",
        "\"open\tx\n",
        "said \"\tx\n",
        "\"open,x\n",
        "said \",x\n",
        "\"choices\":",
        "\"messages\":",
        "\"instruction\":",
        "\"answer_start\":",
        "\"mc1_targets\":{\"choices\":[\"a\",\"b\"],\"labels\":[1,0]}",
        ",label",
        "\tlabel",
    ];

    private static readonly TaskDefinition[] Tasks = [.. TaskCatalog.All];

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public void Any_bytes_are_rows_or_refused(string name) =>
        Fuzz.Run(
            1500,
            64 << 20,
            random =>
            {
                var format = Format(name);
                var bytes = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(TextOf(format, random)), Words);
                var task = Tasks[random.Next(Tasks.Length)];
                var spec = new EvaluationSpec
                {
                    Task = task,
                    Model = "m",
                    Labels = task == ClassificationTask.Instance ? ["x", "y"] : [],
                    Limits = new LimitSpec { MaxMalformedShare = random.NextDouble() },
                };
                var options = spec.ReadOptions(format);
                OrRefused(() =>
                    DatasetProbe.CheckAsync(Range(bytes), bytes.Length, "b", spec.ReadOptions(format), spec.Limits.MaxMalformedShare)
                );
                var whole = OrRefused(() => ReadWithLinesAsync(bytes, options));
                var sizes = new ShardPlanOptions
                {
                    Format = format,
                    MinRows = random.Next(1, 5),
                    MaxRows = random.Next(5, 20),
                    MaxBytes = random.Next(1, 2000),
                    HeadBytes = random.Next(1, 3000),
                };
                var plan = OrRefused(() => ShardPlanner.PlanAsync(Range(bytes), bytes.Length, sizes));
                if (!whole.IsRead || !plan.IsRead)
                {
                    return;
                }

                CheckShards(bytes, format, options, whole.Value.Rows, whole.Value.Lines, plan.Value!);
                var rows = whole.Value.Rows;
                var most = random.Next(1, rows.Count + 2);
                var end = (int)format.EndOfAsync(Range(bytes), bytes.Length, most).GetAwaiter().GetResult();
                Assert.Equal(Math.Min(most, rows.Count), rows.Count(row => row.Offset < end));
            }
        );

    /// <summary>Bytes without any order, and every text of a good row in every encoding: nothing is read that is not there.</summary>
    [Fact]
    public void Any_noise_is_refused_or_malformed() =>
        Fuzz.Run(
            1500,
            64 << 20,
            random =>
            {
                var bytes = new byte[random.Next(1, 600)];
                random.NextBytes(bytes);
                var format = DatasetFormatCatalog.All[random.Next(3)];
                if (OrRefused(() => ReadWithLinesAsync(bytes, Options(format))) is { IsRead: true, Value.Rows: var rows })
                {
                    Assert.All(rows, row => Assert.IsType<MalformedRow>(row));
                }

                OrRefused(() =>
                    DatasetProbe.CheckAsync(
                        Range(bytes),
                        bytes.Length,
                        "b",
                        new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }.ReadOptions(format),
                        new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }
                            .Limits
                            .MaxMalformedShare
                    )
                );
                OrRefused(() => ShardPlanner.PlanAsync(Range(bytes), bytes.Length, new ShardPlanOptions { Format = format }));
            }
        );

    /// <summary>The shards cover the dataset after its header, and have the rows of the whole.</summary>
    private static void CheckShards(
        byte[] bytes,
        DatasetFormat format,
        DatasetReadOptions options,
        List<DatasetRow> rows,
        int lines,
        ShardPlan plan
    )
    {
        var (read, linesBefore) = (new List<string>(), plan.HeaderLines);
        Assert.Equal(bytes.Length, plan.Shards.Count == 0 ? bytes.Length : plan.Shards[^1].End);
        foreach (var shard in plan.Shards)
        {
            Assert.Equal(shard.Index == 0 ? plan.HeaderEnd : plan.Shards[shard.Index - 1].End, shard.Start);
            var (part, partLines) = ReadWithLinesAsync(
                    bytes[(int)shard.Start..(int)shard.End],
                    options with
                    {
                        StartOffset = shard.Start,
                        CsvHeader = plan.CsvHeader,
                    }
                )
                .GetAwaiter()
                .GetResult();
            read.AddRange(part.Select(row => Describe(row, linesBefore)));
            linesBefore += partLines;
        }

        Assert.Equal(rows.Select(row => Describe(row, 0)), read);
        Assert.Equal(lines, linesBefore);
        Assert.True(!plan.IsRowCountExact || plan.EstimatedRows == rows.Count);
        Assert.Equal(rows.Select(row => row.Offset).Order().Distinct(), rows.Select(row => row.Offset));
    }

    private static string TextOf(DatasetFormat format, Random random)
    {
        var delimiter = format == CsvFormat.Csv ? ',' : '\t';
        if (format == JsonlFormat.Instance)
        {
            return string.Concat(Enumerable.Repeat(Json, random.Next(1, 5)));
        }

        var text = new StringBuilder($"id{delimiter}input{delimiter}label\n");
        for (var row = random.Next(0, 40); row > 0; row--)
        {
            var input = random.Next(8) switch
            {
                0 => "\"open",
                1 => "said \"",
                2 => "\"two\n\nlines\"",
                3 => "\"a \"\"b\"\"\"",
                4 => "a, b",
                _ => "text",
            };
            text.Append(row)
                .Append(delimiter)
                .Append(delimiter == ',' && input == "a, b" ? "\"a, b\"" : input)
                .Append(delimiter)
                .Append("x\n");
        }

        return text.ToString();
    }

    private static string Describe(DatasetRow row, int linesBefore) =>
        $"line {row.Line + linesBefore} offset {row.Offset}: "
        + row switch
        {
            ValidRow { Sample: var sample } =>
                $"{sample.Id} {sample.Input} {string.Join('|', sample.References)} {string.Join('|', sample.Choices)}",
            MalformedRow bad => $"{bad.Reason} {bad.Column} {bad.Message}",
            _ => throw new InvalidOperationException(),
        };

    /// <summary>What a call gives; or that it refuses the dataset, the only way in which it may fail.</summary>
    private static (bool IsRead, T? Value) OrRefused<T>(Func<Task<T>> call)
    {
        try
        {
            return (true, call().GetAwaiter().GetResult());
        }
        catch (DatasetException refused)
        {
            Assert.NotEmpty(refused.Message);
            return default;
        }
    }
}
