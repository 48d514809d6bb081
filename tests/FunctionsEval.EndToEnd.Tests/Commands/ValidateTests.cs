using System.IO.Compression;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.Validation;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What <c>validate</c> says of datasets, without an app.</summary>
public sealed class ValidateTests : IDisposable
{
    private const string Spec =
        """{"task":"classification","model":"tuned","baseline":"base","labels":["billing","login","unused"],"slices":["language","region"],"sampling":{"maxOutputTokens":16}}""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_sample_suite_has_no_problem()
    {
        foreach (var dataset in Directory.EnumerateFiles(RepositoryLayout.SamplesDirectory, "test.jsonl", SearchOption.AllDirectories))
        {
            var found = await CheckAsync(dataset);

            Assert.True(found is { HasProblems: false, Dataset.Samples: > 0 }, $"{dataset}: {found.Failure}");
        }
    }

    [Fact]
    public async Task Problems_are_named_by_line_and_column_with_the_fix()
    {
        var found = await CheckAsync(Write([Row("billing"), "{\"input\": ", "[1]", Row("lgoin"), .. Enumerable.Repeat(Row("login"), 96)]));

        Assert.Equal((100, 97, 3), ((int)found.Dataset!.Rows, (int)found.Dataset.Samples, (int)found.Dataset.Malformed));
        Assert.Equal([2, 3, 4], found.Dataset.Problems.Select(problem => problem.Line));
        Assert.Equal(["invalid_json", "not_an_object", "unknown_label"], found.Dataset.Problems.Select(problem => problem.Reason));
        Assert.NotNull(found.Dataset.Problems[0].Column);
        Assert.Contains("jq -c", found.Dataset.Problems[1].Message, StringComparison.Ordinal);
        Assert.Equal(("lgoin", 4, "login"), Only(found));
        Assert.True(found is { HasProblems: true, Failure: null });

        static (string, int, string?) Only(FileValidation found) =>
            found.Dataset!.UnknownLabels is [var label] ? (label.Label, label.FirstLine, label.Nearest) : default;
    }

    [Fact]
    public async Task Labels_tags_duplicates_and_leakage_are_told()
    {
        File.WriteAllText(_directory.Combine("train.jsonl"), Row("billing", "the very first of all the questions", id: "t") + "\n");
        var spec = Spec.Replace("\"task\"", "\"trainingFile\":\"train.jsonl\",\"task\"", StringComparison.Ordinal);
        string[] rows =
        [
            Row("billing", "the very first of all the questions", id: "1", language: "de"),
            Row("billing", "the very first of all the questions", id: "2", language: "de"),
            Row("login", "the very first of all the questions", id: "3", language: "en"),
            Row("login", "another", id: "3", language: "en"),
        ];

        var found = await CheckAsync(Write(rows, spec));

        Assert.Equal([("billing", 2L), ("login", 2L), ("unused", 0L)], found.Dataset!.Labels.Select(label => (label.Name, label.Count)));
        Assert.Equal(("language", 4L), (found.Dataset.Tags[0].Name, found.Dataset.Tags[0].Samples));
        Assert.Equal(["region"], found.Dataset.EmptySlices);
        Assert.Equal((1L, 1L, 1L), (found.Dataset.Duplicates.Ids, found.Dataset.Duplicates.Contents, found.Dataset.Duplicates.Conflicts));
        Assert.Equal(
            (4, 2, 3),
            (found.Dataset.Duplicates.FirstId, found.Dataset.Duplicates.FirstContent, found.Dataset.Duplicates.FirstConflict)
        );
        Assert.Equal((3L, 1), (found.Dataset.Leaks!.Exact, found.Dataset.Leaks.FirstLine));
        Assert.Contains(found.Warnings, warning => warning.Contains("'unused'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.000001", "Will")]
    [InlineData("0.001", "May")]
    [InlineData("1", "No")]
    public async Task Ceiling_is_held_against_the_cost_of_both_models(string ceiling, string expected)
    {
        var spec = Spec.Replace("\"task\"", $"\"limits\":{{\"maxCost\":{ceiling}}},\"task\"", StringComparison.Ordinal);
        var settings = new Dictionary<string, string>();
        foreach (var model in new[] { "tuned", "base" })
        {
            settings[$"Models__{model}__InputPricePerMillionTokens"] = "1";
            settings[$"Models__{model}__OutputPricePerMillionTokens"] = "2";
        }

        var found = await CheckAsync(
            Write([.. Enumerable.Range(0, 20).Select(index => Row("login", $"question {index}"))], spec),
            settings
        );

        Assert.Equal(expected, $"{found.Cost!.Stops}");
        Assert.Equal(["candidate", "baseline"], found.Cost.Roles.Select(role => role.Role));
        Assert.All(found.Cost.Roles, role => Assert.Equal((20L, 320L), (role.Calls, role.MaxOutputTokens)));
        Assert.InRange(found.Cost.Likely!.Value, 0.00002, found.Cost.Max!.Value);
    }

    [Fact]
    public async Task Csv_and_packed_files_are_read_as_rows()
    {
        File.WriteAllText(_directory.Combine("evaluation.json"), Spec);
        const string Csv = "input,label\n\"a, b\",billing\nbroken,login,3\nc,login\n";
        File.WriteAllText(_directory.Combine("test.csv"), Csv);
        File.WriteAllText(_directory.Combine("test.tsv"), Csv.Replace("\"a, b\"", "a b", StringComparison.Ordinal).Replace(',', '\t'));
        using (var gzip = new GZipStream(File.Create(_directory.Combine("packed.csv.gz")), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Csv));
        }

        foreach (var name in new[] { "test.csv", "test.tsv", "packed.csv.gz" })
        {
            var found = await CheckAsync(_directory.Combine(name));
            Assert.Equal((2L, 3), (found.Dataset!.Samples, Assert.Single(found.Dataset.Problems).Line));
            Assert.Equal("field_count", found.Dataset.Problems[0].Reason);
        }
    }

    [Theory]
    [InlineData("no_spec", "test.jsonl", null)]
    [InlineData("unsupported_format", "test.json", Spec)]
    [InlineData("invalid_spec", "test.jsonl", """{"task":"classification","model":"m","labels":["a"],"metrics":["acuracy"]}""")]
    [InlineData("invalid_dataset", "empty.jsonl", Spec)]
    public async Task What_a_run_would_fail_with_is_said(string code, string name, string? spec)
    {
        if (spec is not null)
        {
            File.WriteAllText(_directory.Combine("evaluation.json"), spec);
        }

        File.WriteAllText(_directory.Combine(name), name.StartsWith("empty", StringComparison.Ordinal) ? "" : Row("login"));

        var found = await new DatasetValidator(Prices([])).CheckAsync(
            _directory.Combine(name),
            specFile: null,
            _directory.Path,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(code, found.Failure?.Code);
        Assert.True(found.HasProblems);
    }

    [Fact]
    public async Task Folder_is_held_against_the_names_of_its_suite()
    {
        Write(
            [Row("login")],
            Spec.Replace("\"task\"", """ "suite":{"datasets":{"other.jsonl":"critical"}},"task" """, StringComparison.Ordinal)
        );

        var found = await new FolderValidator(new DatasetValidator(Prices([]))).CheckAsync(
            _directory.Path,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["other.jsonl (critical)"], found.Missing);
        Assert.True(found.HasProblems);
        Assert.False(Assert.Single(found.Datasets).HasProblems);
    }

    [Fact]
    public async Task Texts_of_rows_are_printed_without_what_moves_the_cursor_and_bounded()
    {
        var lines = Printed(await CheckAsync(Write([Row("\u001b[2Jlog\nin"), Row(new string('x', 100_000)), Row("login")])));

        Assert.DoesNotContain(lines, line => line.Contains('\u001b', StringComparison.Ordinal) || line.Length > 1000);
        Assert.Contains("  label '[2Jlog in' is unknown: 1, the first at line 1.", lines);
    }

    [Fact]
    public async Task Empty_file_is_told_once()
    {
        var lines = Printed(await CheckAsync(Write([])));

        Assert.Equal(2, lines.Count(line => !line.Contains("is not configured here", StringComparison.Ordinal)));
        Assert.EndsWith("is empty. Upload a file with at least one row.", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_field_of_a_prompt_is_named_with_the_fix()
    {
        var spec = Spec.Replace("\"task\"", """ "prompt":{"user":"{{ question }}"},"task" """, StringComparison.Ordinal);

        var found = await CheckAsync(Write([Row("login")], spec));

        Assert.Equal(
            "The row does not define the variable question. Add the field to the row, or name one that every row has in the spec's `prompt`.",
            Assert.Single(found.Dataset!.Problems).Message
        );
    }

    private static IReadOnlyList<string> Printed(FileValidation found)
    {
        var printed = new PrintedText(4000);
        new ValidationPrinter(printed.Console).Print(found);
        return printed.Lines;
    }

    [Fact]
    public void Prices_of_a_template_are_those_of_its_models()
    {
        var prices = Prices(
            new()
            {
                ["Models__0__Name"] = "tuned/*",
                ["Models__0__InputPricePerMillionTokens"] = "1.5",
                ["Models__0__OutputPricePerMillionTokens"] = "6",
            }
        );

        Assert.Equal(1.5m, prices.Find("tuned/ft-1")?.Input);
        Assert.False(prices.Has("other"));
    }

    private static string Row(string label, string input = "where?", string? id = null, string? language = null)
    {
        var fields = new Dictionary<string, object> { ["input"] = input, ["expected"] = label };
        if (id is not null)
        {
            fields["id"] = id;
        }

        if (language is not null)
        {
            fields["tags"] = new { language };
        }

        return System.Text.Json.JsonSerializer.Serialize(fields);
    }

    private string Write(IReadOnlyList<string> rows, string spec = Spec)
    {
        File.WriteAllText(_directory.Combine("evaluation.json"), spec);
        File.WriteAllLines(_directory.Combine("test.jsonl"), rows);
        return _directory.Combine("test.jsonl");
    }

    private static ModelPrices Prices(Dictionary<string, string> settings) => ModelPrices.Read(localSettings: null, settings);

    private static Task<FileValidation> CheckAsync(string file, Dictionary<string, string>? settings = null) =>
        new DatasetValidator(Prices(settings ?? [])).CheckAsync(file, specFile: null, root: null, TestContext.Current.CancellationToken);
}
