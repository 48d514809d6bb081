using System.Text.Json.Nodes;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>The promises that samples/README.md makes about the data.</summary>
public sealed class SampleSuiteTests
{
    public static TheoryData<string, int, int> Suites =>
        new()
        {
            { "support-tickets", 640, 246 },
            { "summarisation", 20, 40 },
            { "language-modelling", 520, 150 },
            { "extraction", 180, 90 },
            { "tool-calls", 200, 100 },
            { "multi-label", 300, 150 },
            { "regression", 320, 160 },
            { "preference", 80, 60 },
        };

    [Theory, MemberData(nameof(Suites))]
    public void Files_have_the_documented_number_of_rows(string suite, int train, int test)
    {
        Assert.Equal(train, SampleSuites.Rows(suite, "train.jsonl").Count);
        Assert.Equal(test, SampleSuites.Rows(suite, "test.jsonl").Count);
    }

    [Theory, MemberData(nameof(Suites))]
    public void Test_rows_have_distinct_ids(string suite, int train, int test)
    {
        _ = train;
        Assert.Equal(test, SampleSuites.Rows(suite, "test.jsonl").Select(row => (string)row["id"]!).Distinct().Count());
    }

    [Theory, MemberData(nameof(Suites))]
    public void No_text_occurs_twice_or_in_both_files(string suite, int train, int test)
    {
        var texts = SampleSuites
            .Rows(suite, "train.jsonl")
            .Concat(SampleSuites.Rows(suite, "test.jsonl"))
            .Select(row => SampleSuites.Input(row).Trim().ToLowerInvariant());
        Assert.Equal(train + test, texts.Distinct().Count());
    }

    [Fact]
    public void Ticket_labels_are_those_of_the_spec()
    {
        var allowed = SampleSuites.Spec("support-tickets")["labels"]!.AsArray().Select(label => (string)label!).Order();
        foreach (var file in (string[])["train.jsonl", "test.jsonl"])
        {
            Assert.Equal(allowed, SampleSuites.Rows("support-tickets", file).Select(SampleSuites.Label).Distinct().Order());
        }
    }

    [Fact]
    public void First_training_rows_cover_every_label_so_that_the_baseline_knows_all_of_them()
    {
        var labels = SampleSuites.Spec("support-tickets")["labels"]!.AsArray().Count;
        Assert.Equal(labels, SampleSuites.Rows("support-tickets", "train.jsonl").Take(24).Select(SampleSuites.Label).Distinct().Count());
    }

    [Fact]
    public void Tickets_have_a_channel_and_a_number_of_topics_to_slice_by()
    {
        foreach (var tags in SampleSuites.Rows("support-tickets", "test.jsonl").Select(row => row["tags"]!))
        {
            Assert.Contains((string)tags["channel"]!, (string[])["email", "chat", "phone"]);
            Assert.Contains((string)tags["topics"]!, (string[])["one", "two"]);
        }
    }

    [Fact]
    public void Orders_have_the_fields_of_the_spec_and_the_baselines_rows_have_all_but_colours()
    {
        var fields = SampleSuites.Spec("extraction")["metrics"]![0]!["fields"]!.AsObject().Select(field => field.Key).ToArray();
        foreach (var (index, row) in SampleSuites.Rows("extraction", "train.jsonl").Index())
        {
            var names = JsonNode.Parse(SampleSuites.Label(row))!.AsObject().Select(field => field.Key).ToArray();
            Assert.Subset(fields.ToHashSet(), names.ToHashSet());
            Assert.True(index >= 12 || fields.Except(["colours"]).All(names.Contains));
        }
    }

    [Fact]
    public void Summaries_are_shorter_than_half_their_article()
    {
        foreach (var row in SampleSuites.Rows("summarisation", "test.jsonl"))
        {
            Assert.InRange(((string)row["expected"]!).Length, 40, SampleSuites.Input(row).Length / 2);
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void Spec_names_the_suite_and_files_that_exist(string suite, int train, int test)
    {
        _ = (train, test);
        var spec = SampleSuites.Spec(suite);
        Assert.Equal(suite, (string)spec["name"]!);
        Assert.True(File.Exists(Path.Combine(SampleSuites.Directory, suite, (string)spec["trainingFile"]!)));
    }

    [Fact]
    public void Every_line_is_an_object_that_ends_with_a_line_feed()
    {
        foreach (var path in Directory.GetFiles(SampleSuites.Directory, "*.jsonl", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(path);
            Assert.EndsWith("}\n", text);
            Assert.DoesNotContain('\r', text);
            Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.IsType<JsonObject>(JsonNode.Parse(line)));
        }
    }
}
