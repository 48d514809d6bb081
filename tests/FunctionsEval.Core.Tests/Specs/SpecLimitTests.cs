using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>What a spec may hold is bounded, and what it takes to read one grows with its size, not with the square of it.</summary>
public sealed class SpecLimitTests
{
    private const string Names = "abcdefghijklmnopqrstuvwxyz";

    [Theory]
    [InlineData("labels", 2_000, "$.labels")]
    [InlineData("aliases", 10_000, "$.parsing.aliases")]
    [InlineData("slices", 100, "$.slices")]
    [InlineData("stop", 100, "$.sampling.stop")]
    [InlineData("tags", 100, "$.columns.tags")]
    [InlineData("metrics", 100, "$.metrics")]
    [InlineData("rules", 1_000, "$.gate.rules")]
    public void List_is_read_up_to_its_stated_limit_and_refused_beyond(string list, int limit, string path)
    {
        Assert.NotNull(SpecReader.Read(WithList(list, limit), "evaluation.json"));

        var invalid = Assert.Throws<SpecException>(() => SpecReader.Read(WithList(list, limit + 1), "evaluation.json"));

        Assert.Equal(path, invalid.Path);
        Assert.Contains(limit.ToString(CultureInfo.InvariantCulture), invalid.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task":"generation","model":"X"}""", "$.model", 1_000)]
    [InlineData("""{"task":"generation","model":"m","name":"X"}""", "$.name", 200)]
    [InlineData("""{"task":"classification","model":"m","labels":["X"]}""", "$.labels[0]", 1_000)]
    [InlineData("""{"task":"generation","model":"m","parsing":{"method":"regex","pattern":"X"}}""", "$.parsing.pattern", 2_000)]
    [InlineData("""{"task":"generation","model":"m","prompt":{"user":"X"}}""", "$.prompt.user", 65_536)]
    [InlineData("""{"task":"generation","model":"m","columns":{"input":"X"}}""", "$.columns.input", 1_000)]
    public void Text_is_read_up_to_its_stated_limit_and_refused_beyond(string spec, string path, int limit)
    {
        Assert.NotNull(SpecReader.Read(spec.Replace("X", new string('x', limit), StringComparison.Ordinal), "evaluation.json"));

        var invalid = Assert.Throws<SpecException>(() =>
            SpecReader.Read(spec.Replace("X", new string('x', limit + 1), StringComparison.Ordinal), "evaluation.json")
        );

        Assert.Equal(path, invalid.Path);
        Assert.Contains(limit.ToString(CultureInfo.InvariantCulture), invalid.Problem, StringComparison.Ordinal);
    }

    /// <summary>A message is shown, and kept in a column of 64 KiB; a suggestion takes the product of both lengths.</summary>
    [Theory]
    [InlineData("""{"task":"generation","model":"m","X":1}""")]
    [InlineData("""{"task":"X","model":"m"}""")]
    [InlineData("""{"task":"generation","model":"m","prompt":{"X":1}}""")]
    [InlineData("""{"task":"generation","model":"m","prompt":{"user":"{{ 1 | X }}"}}""")]
    [InlineData("""{"task":"generation","model":"m","prompt":{"user":"{% X %}"}}""")]
    [InlineData("""{"task":"classification","model":"m","labels":["a"],"positiveLabel":"X"}""")]
    [InlineData("""{"task":"classification","model":"m","labels":["a"],"parsing":{"aliases":{"X":"b"}}}""")]
    [InlineData("""{"task":"classification","model":"m","labels":["a"],"parsing":{"aliases":{"b":"X"}}}""")]
    [InlineData("""{"task":"generation","model":"m","parsing":{"method":"X"}}""")]
    public void Message_about_a_long_text_is_short(string spec)
    {
        var text = string.Concat(Enumerable.Repeat(Names, 2_300));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var invalid = Assert.Throws<SpecException>(() =>
            SpecReader.Read(spec.Replace("X", text, StringComparison.Ordinal), "evaluation.json")
        );

        Assert.InRange(invalid.Message.Length, 1, 1_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L * text.Length);
    }

    [Theory]
    [InlineData("""[{"name":"f1","labels":["X"]}]""")]
    [InlineData("""[{"name":"f1","average":"X"}]""")]
    [InlineData("""[{"name":"bleu","tokenize":"X"}]""")]
    [InlineData("""[{"name":"X"}]""")]
    [InlineData("""[{"name":"judge","model":"m","labels":["a"],"pass":["X"]}]""")]
    public void Message_about_an_option_is_short_however_many_labels_there_are(string metrics)
    {
        string[] labels = [.. Enumerable.Range(0, SpecLimits.MaxLabels).Select(label => $"label {label} {Names}{Names}{Names}")];
        MetricSpec[] specs =
        [
            .. JsonSerializer
                .Deserialize<JsonElement>(metrics.Replace("X", new string('x', 900), StringComparison.Ordinal))
                .EnumerateArray()
                .Select(metric => new MetricSpec
                {
                    Name = metric.GetProperty("name").GetString()!,
                    Options = metric
                        .EnumerateObject()
                        .Where(option => option.Name != "name")
                        .ToDictionary(option => option.Name, option => option.Value),
                }),
        ];

        var invalid = Assert.Throws<OptionException>(() =>
            MetricCatalog.Create(ClassificationTask.Instance, specs, new MetricSettings { Labels = labels })
        );

        Assert.InRange(invalid.Message.Length, 1, 10_000);
    }

    [Fact]
    public void Confusion_matrix_is_left_out_of_the_default_metrics_of_many_labels_and_refused_where_it_is_asked_for()
    {
        string[] few = [.. Enumerable.Range(0, 500).Select(label => $"l{label}")];
        string[] many = [.. few, "one more"];
        MetricSpec[] asked = [new MetricSpec { Name = "confusion_matrix" }];

        Assert.Contains(
            MetricCatalog.Create(ClassificationTask.Instance, [], new MetricSettings { Labels = few }),
            metric => metric.Name == "confusion_matrix"
        );
        Assert.DoesNotContain(
            MetricCatalog.Create(ClassificationTask.Instance, [], new MetricSettings { Labels = many }),
            metric => metric.Name == "confusion_matrix"
        );
        Assert.Contains(
            "500",
            Assert
                .Throws<OptionException>(() =>
                    MetricCatalog.Create(ClassificationTask.Instance, asked, new MetricSettings { Labels = many })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("evaluation.json")]
    [InlineData("evaluation.yaml")]
    public void Spec_file_is_read_no_further_than_a_spec_may_be_long(string name)
    {
        using var file = new EndlessFile();

        var invalid = Assert.Throws<SpecException>(() => SpecReader.Read(file, name));

        Assert.Contains("1048576", invalid.Message, StringComparison.Ordinal);
        Assert.InRange(file.BytesRead, 0, SpecLimits.MaxBytes + 1);
    }

    [Fact]
    public void Spec_in_the_kept_form_may_be_larger_than_the_one_that_was_uploaded()
    {
        // Two bytes a character in UTF-8; six in the kept form, which escapes them.
        var labels = Enumerable.Range(0, 2_000).Select(label => $"{label}{new string('é', 200)}");
        var spec = SpecReader.Read(
            $$"""{"task":"classification","model":"m","labels":{{JsonSerializer.Serialize(labels)}}}""".Replace(
                "\\u00E9",
                "é",
                StringComparison.Ordinal
            ),
            "evaluation.json"
        );
        var canonical = Encoding.UTF8.GetBytes(SpecReader.Canonical(spec));

        Assert.True(canonical.Length > SpecLimits.MaxBytes);
        Assert.Equal(spec.Labels, SpecReader.ReadCanonical(canonical, "runs/ev-1/spec.json").Labels);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Json_that_nests_without_end_is_refused(string open, string close)
    {
        var json = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));

        Assert.Throws<SpecException>(() => SpecReader.Read(json, "evaluation.json"));
        Assert.Throws<SpecException>(() => SpecReader.Read(json, "evaluation.yaml"));
        Assert.Throws<SpecException>(() =>
            SpecReader.Read($$"""{"task":"generation","model":"m","metrics":{{json}}}""", "evaluation.json")
        );
    }

    private static string WithList(string list, int count)
    {
        var texts = string.Join(',', Enumerable.Range(0, count).Select(number => $"\"t{number}\""));
        return list switch
        {
            "labels" => $$"""{"task":"classification","model":"m","labels":[{{texts}}]}""",
            "aliases" =>
                $$"""{"task":"classification","model":"m","labels":["a"],"parsing":{"aliases":{ {{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"t{number}\":\"a\""))}} } } }""",
            "stop" => $$"""{"task":"generation","model":"m","sampling":{"stop":[{{texts}}] } }""",
            "tags" => $$"""{"task":"generation","model":"m","columns":{"tags":[{{texts}}] } }""",
            "rules" =>
                $$"""{"task":"generation","model":"m","gate":{"rules":[{{string.Join(',', Enumerable.Repeat("""{"metric":"bleu","minimum":1}""", count))}}] } }""",
            _ => $$"""{"task":"generation","model":"m","{{list}}":[{{texts}}]}""",
        };
    }

    /// <summary>A file without an end.</summary>
    private sealed class EndlessFile : MemoryStream
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)' ');
            BytesRead += buffer.Length;
            return buffer.Length;
        }
    }
}
