using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>What is advised for a JSON file makes rows of it.</summary>
public sealed class JsonFileFixTests
{
    private const string Jq = "/usr/bin/jq";

    public static TheoryData<string, string> Files =>
        new()
        {
            { """[{"text":"a","label":"x"},{"text":"b","label":"y"}]""", "a=x b=y" },
            { """[["a","x"],["b","y"]]""", "a=x b=y" },
            { "[\"a\",\"x\"]\n[\"b\",\"y\"]\n", "a=x b=y" },
            { "{\n  \"text\": \"a\",\n  \"label\": \"x\"\n}\n{\n  \"text\": \"b\",\n  \"label\": \"y\"\n}\n", "a=x b=y" },
            { "{\n  \"text\": \"a\",\n  \"label\": \"x\"\n}\n", "a=x" },
            { """{"data":[{"text":"a","label":"x"},{"text":"b","label":"y"}]}""", "a=x b=y" },
            { """{"version":1,"meta":{"tags":["p"]},"examples":[{"text":"a","label":"x"}]}""", "a=x" },
            { """{"train":[{"text":"t","label":"x"}],"test":[{"text":"a","label":"x"}]}""", "a=x" },
            { """{"splits":{"dev":[{"text":"a","label":"x"}]}}""", "a=x" },
            { """{"oos_train":[["t","oos"]],"test":[["a","x"],["b","y"]]}""", "a=x b=y" }, // CLINC150
            {
                """{"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"c","qas":[{"id":"1","question":"a","answers":[{"text":"x","answer_start":0}],"is_impossible":false},{"id":"2","question":"b","answers":[],"is_impossible":true}]}]}]}""",
                "a=x b="
            }, // SQuAD
            { """{"text":["a","b"],"label":["x","y"]}""", "a=x b=y" },
            { """{"text":{"0":"a","1":"b"},"label":{"0":"x","1":"y"}}""", "a=x b=y" }, // pandas
            { """{"input":{"0":"a","1":"b"},"label":{"0":"x","1":"y"}}""", "a=x b=y" }, // pandas, with a name that turns have too
            { """{"prompt":["a","b"],"label":["x","y"]}""", "a=x b=y" },
            { """{"columns":["text","label"],"index":[0,1],"data":[["a","x"],["b","y"]]}""", "a=x b=y" }, // pandas, orient="split"
            { """{"q1":{"text":"a","label":"x"},"q2":{"text":"b","label":"y"}}""", "a=x b=y" },
            {
                """{"features":[{"name":"text"}],"rows":[{"row_idx":0,"row":{"text":"a","label":"x"}},{"row_idx":1,"row":{"text":"b","label":"y"}}]}""",
                "a=x b=y"
            }, // the Hub's rows
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Advised_jq_filter_makes_the_rows_of_the_file(string file, string expected)
    {
        Assert.SkipUnless(File.Exists(Jq), $"{Jq} is not installed.");
        var unsupported = Assert.IsType<DatasetNameKind.Unsupported>(DatasetNames.Classify("a/test.json"));
        var message = DatasetNames.Describe("a/test.json", unsupported, Encoding.UTF8.GetBytes(file));
        var filter = Regex.Match(message, "`jq -c (?:'(?<filter>[^'`]+)'|(?<filter>\\.)) in\\.json > out\\.jsonl`").Groups["filter"].Value;

        var columns = file.Contains("qas", StringComparison.Ordinal) ? new ColumnSpec { Input = "question" } : new ColumnSpec();
        var rows = await ReadAsync(await RunJqAsync(filter, file), Options() with { Columns = columns });

        Assert.Equal(
            expected,
            string.Join(
                ' ',
                rows.Select(row => Assert.IsType<ValidRow>(row).Sample).Select(sample => $"{sample.Input}={sample.References[0]}")
            )
        );
    }

    [Theory]
    [InlineData("""{"'; rm -rf ~; '":[{"text":"a"}]}""", ".\"NAME\"[]")]
    [InlineData("""{"my-data":[{"text":"a"}]}""", ".\"NAME\"[]")] // .my-data would be .my minus data.
    [InlineData("""{"it's":[{"text":"a"}],"train":[{"text":"a"}]}""", ".train[]")]
    public void Name_that_a_shell_would_read_is_not_in_the_command(string file, string told)
    {
        var fix = JsonFileFix.Find(Encoding.UTF8.GetBytes(file))!;
        Assert.Contains(told, fix, StringComparison.Ordinal);
        Assert.DoesNotContain("rm", fix, StringComparison.Ordinal);
        Assert.DoesNotContain("it's", fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test.jsonl", """{"data":[{"text":"a","label":"x"}]}""", ".data[]")]
    [InlineData("test.jsonl", "[[\"a\",\"x\"]]", "text: .[0]")]
    [InlineData("test.jsonl", "{ \n\"test\":[[\"a\",\"x\"]]}", ".test[]")]
    public async Task Json_file_under_another_name_is_told_the_same(string name, string text, string told)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var e = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(
                Range(bytes),
                bytes.Length,
                name,
                new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }.ReadOptions(JsonlFormat.Instance),
                new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }
                    .Limits
                    .MaxMalformedShare,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(DatasetProblems.NotJsonLines, e.Code);
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("\"text\"")]
    public void File_that_holds_neither_list_nor_object_is_told_by_its_name(string file)
    {
        var unsupported = Assert.IsType<DatasetNameKind.Unsupported>(DatasetNames.Classify("test.json"));
        Assert.Equal(unsupported.Message, DatasetNames.Describe("test.json", unsupported, Encoding.UTF8.GetBytes(file)));
    }

    /// <summary>Only the beginning of a large file is looked at.</summary>
    [Fact]
    public void Beginning_of_a_file_is_enough() =>
        Assert.Contains(".data[]", JsonFileFix.Find("""{"data":[{"text":"a","label":"x"},{"text":"b","la"""u8), StringComparison.Ordinal);

    private static async Task<byte[]> RunJqAsync(string filter, string file)
    {
        var start = new ProcessStartInfo(Jq) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(filter);
        using var jq = Process.Start(start)!;
        await jq.StandardInput.WriteAsync(file);
        jq.StandardInput.Close();
        using var output = new MemoryStream();
        await jq.StandardOutput.BaseStream.CopyToAsync(output);
        await jq.WaitForExitAsync();
        Assert.Equal(0, jq.ExitCode);
        return output.ToArray();
    }
}
