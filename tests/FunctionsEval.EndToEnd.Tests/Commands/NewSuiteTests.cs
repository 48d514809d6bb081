using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Drafts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Drafting;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.Validation;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Suites that <c>new</c> writes: the task that the rows show, and a spec by which every row can be evaluated.</summary>
public sealed class NewSuiteTests : IDisposable
{
    private const string Tool =
        """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}""";

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Rows as they are found in the wild, each with its task; N is the row's number.</summary>
    public static TheoryData<string, string> Rows =>
        new()
        {
            {
                "classification",
                """{"messages":[{"role":"system","content":"Classify."},{"role":"user","content":"text N"},{"role":"assistant","content":"LABEL"}]}"""
            },
            { "classification", """{"prompt":"text N ->","completion":" LABEL"}""" },
            { "classification", """{"utterance":"hello N","intent":"LABEL","uid":"uN","lang":"en"}""" },
            { "classification", """{"premise":"p N","hypothesis":"h N","label":"LABEL"}""" },
            { "classification", """{"item":{"input":"t N","ideal":"LABEL"}}""" },
            {
                "generation",
                """{"messages":[{"role":"user","content":"say N"},{"role":"assistant","content":"A rather long answer with the number N that goes on for a while and then ends."}]}"""
            },
            { "generation", """{"instruction":"Translate to French","input":"cat N","output":"chat N"}""" },
            { "generation", """{"context":"The boat N is red.","question":"What colour is N?","answer":"red N"}""" },
            {
                "generation",
                """{"id":"N","context":"Boat N is red.","question":"Colour of N?","answers":{"text":["red N"],"answer_start":[1]}}"""
            },
            { "generation", """{"messages":[{"role":"user","content":"Write a notice N"}],"words":40,"tone":"kind N"}""" },
            {
                "generation",
                """{"messages":[{"role":"user","content":"q N"},{"role":"assistant","content":"some answer N"}],"tools":[TOOL]}"""
            },
            { "regression", """{"input":"flat N","expected":N.5}""" },
            { "regression", """{"messages":[{"role":"user","content":"N+1?"}],"remaining":N}""" },
            {
                "extraction",
                """{"messages":[{"role":"user","content":"order N"},{"role":"assistant","content":"{\"item\": \"x\", \"n\": N}"}]}"""
            },
            { "multi_label", """{"messages":[{"role":"user","content":"report N"},{"role":"assistant","content":"[\"LABEL\"]"}]}""" },
            { "multi_label", """{"text":"report N","labels":["LABEL","always"]}""" },
            { "multiple_choice", """{"question":"q N","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"B"}""" },
            { "multiple_choice", """{"ctx":"he N","endings":["a","b"],"label":"1"}""" },
            { "preference", """{"prompt":"q N","chosen":"good N","rejected":"bad N"}""" },
            {
                "preference",
                """{"input":{"messages":[{"role":"user","content":"q N"}]},"preferred_output":[{"role":"assistant","content":"g N"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}"""
            },
            { "language_modelling", """{"text":"Some story number N about a boat in the fog."}""" },
            {
                "tool_calls",
                """{"messages":[{"role":"user","content":"q N"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\": N}"}}]}],"tools":[TOOL]}"""
            },
        };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Task_is_guessed_and_every_row_can_be_evaluated(string task, string row)
    {
        var written = await WriteAsync(Dataset(row));

        Assert.Equal((task, null), (written.Draft.Task, written.Validation.Failure));
        Assert.Equal((60L, 0L), (written.Validation.Dataset!.Samples, written.Validation.Dataset.Malformed));
        Assert.NotEmpty(written.Draft.Notes);
        using var spec = File.OpenRead(written.Spec);
        Assert.Equal(task, SpecReader.Read(spec, "evaluation.json").Task.Name);
    }

    [Fact]
    public async Task Suite_written_for_each_sample_dataset_has_no_problem_and_names_the_schema()
    {
        foreach (var dataset in Directory.EnumerateFiles(RepositoryLayout.SamplesDirectory, "test.jsonl", SearchOption.AllDirectories))
        {
            var name = Path.GetFileName(Path.GetDirectoryName(dataset)!);
            if (name == "vision")
            {
                continue; // Its images are not copied, which validate says.
            }

            var written = await WriteAsync(dataset, _directory.Combine("suites", name));

            Assert.False(written.Validation.HasProblems, $"{name}: {written.Validation.Failure}");
            var schema = JsonElement.Parse(File.ReadAllText(written.Spec)).GetProperty("$schema").GetString()!;
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(written.Spec)!, schema)), schema);
        }
    }

    [Fact]
    public async Task Csv_tsv_and_packed_rows_are_read_by_their_headers()
    {
        var csv =
            "Review Text,Sentiment,Country\n"
            + string.Concat(Range().Select(i => $"\"this is, {i}\",{(i % 2 == 0 ? "pos" : "neg")},{"fr de it".Split(' ')[i % 3]}\n"));
        File.WriteAllText(_directory.Combine("test.csv"), csv);
        File.WriteAllText(
            _directory.Combine("test.tsv"),
            csv.Replace("\"", "", StringComparison.Ordinal).Replace(", ", " ", StringComparison.Ordinal).Replace(',', '\t')
        );
        using (var gzip = new GZipStream(File.Create(_directory.Combine("test.csv.gz")), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(csv));
        }

        foreach (var name in new[] { "test.csv", "test.tsv", "test.csv.gz" })
        {
            var written = await WriteAsync(_directory.Combine(name), _directory.Combine("out-" + name));

            Assert.Equal(("classification", false), (written.Draft.Task, written.Validation.HasProblems));
            var spec = JsonElement.Parse(File.ReadAllText(written.Spec));
            Assert.Equal(("Review Text", "Sentiment"), (Column("input"), Column("reference")));
            Assert.Equal("Country", spec.GetProperty("slices")[0].GetString());

            string? Column(string part) => spec.GetProperty("columns").GetProperty(part).GetString();
        }
    }

    [Fact]
    public async Task Csv_with_another_delimiter_is_not_taken_for_one_column()
    {
        var dataset = _directory.Combine("test.csv");
        File.WriteAllText(dataset, "text;label\n" + string.Concat(Range().Select(i => $"review {i};{(i % 2 == 0 ? "pos" : "neg")}\n")));

        var refused = await Assert.ThrowsAsync<LocalHostException>(() => WriteAsync(dataset));

        Assert.Contains("semicolons", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory.Combine("evaluation.json")));
    }

    [Fact]
    public async Task What_exists_is_replaced_only_by_force()
    {
        var dataset = Dataset("""{"input":"N","expected":"LABEL"}""");
        File.WriteAllText(_directory.Combine("evaluation.json"), "mine");

        var refused = await Assert.ThrowsAsync<LocalHostException>(() => WriteAsync(dataset));
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_directory.Combine("evaluation.json")));

        var written = await WriteAsync(dataset, isForced: true);
        Assert.NotEqual("mine", File.ReadAllText(written.Spec));
    }

    [Fact]
    public async Task Given_task_and_models_are_taken()
    {
        var dataset = Dataset("""{"input":"N","expected":"LABEL"}""");
        var options = Options() with { Task = TaskCatalog.Get("generation"), Model = "m", Baseline = null };

        var written = await new SuiteDrafting(Prices()).WriteAsync(dataset, null, options, false, TestContext.Current.CancellationToken);

        using var file = File.OpenRead(written.Spec);
        var spec = SpecReader.Read(file, "evaluation.json");
        Assert.Equal(("generation", "m", null), (spec.Task.Name, spec.Model, spec.Baseline));
    }

    [Fact]
    public async Task Rows_of_which_nothing_can_be_made_are_refused_with_the_way_on()
    {
        var refused = await Assert.ThrowsAsync<LocalHostException>(() =>
            WriteAsync(Dataset("""{"translation":{"de":"hund N","en":"dog N"}}"""))
        );

        Assert.Contains("columns", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory.Combine("evaluation.json")));
    }

    private static IEnumerable<int> Range() => Enumerable.Range(1, 60);

    private static DraftOptions Options() =>
        new()
        {
            Name = "suite",
            Model = "my-tuned",
            Baseline = "my-base",
            Judge = "my-judge",
        };

    private static ModelPrices Prices() => ModelPrices.Read(null, new Dictionary<string, string>());

    private static Task<WrittenSuite> WriteAsync(string dataset, string? output = null, bool isForced = false) =>
        new SuiteDrafting(Prices()).WriteAsync(dataset, output, Options(), isForced, TestContext.Current.CancellationToken);

    private string Dataset(string row)
    {
        var rows = Range()
            .Select(number =>
                row.Replace("TOOL", Tool, StringComparison.Ordinal)
                    .Replace("LABEL", new[] { "red", "green", "blue" }[number % 3], StringComparison.Ordinal)
                    .Replace("N", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            );
        File.WriteAllLines(_directory.Combine("test.jsonl"), rows);
        return _directory.Combine("test.jsonl");
    }
}
