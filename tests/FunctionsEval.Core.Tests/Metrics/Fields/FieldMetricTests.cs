using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks.Extraction;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

/// <summary>Numbers by hand, and what must hold whatever the samples.</summary>
public sealed class FieldMetricTests
{
    private static readonly Metric Micro = Create("field_f1", "{}");

    private static readonly Gen<(string Reference, string? Answer)> Pair = Gen.Select(Values.Objects, Values.Any.Null())
        .Select((reference, answer) => (reference, (string?)answer));

    [Fact]
    public void Named_fields_have_numbers_of_their_own_and_others_count_in_micro_alone()
    {
        var metric = Create("field_f1", """{"fields":{"name":"text","amount":{"compare":"number","absolute":0.5}}}""");
        var values = Metrics.Samples.Values(
            metric,
            Sample("""{"name":"Ann","amount":10,"note":"x"}""", """{"name":"ann","amount":10.4,"note":"y"}"""),
            Sample("""{"name":"Bob","amount":5}""", """{"name":"Rob"}"""),
            Sample("""{"name":null}""", """{"amount":1}"""),
            Sample("""{"name":"Cy","amount":2}""", null)
        );

        // name: right, wrong, absent, missing; amount: right, missing, extra, missing; note: wrong.
        Assert.Equal((1.0 / 2, 1.0 / 3), (values["field_precision[name]"], values["field_recall[name]"]));
        Assert.Equal(2.0 * 1 / (3 + 2), values["field_f1[name]"]);
        Assert.Equal((1.0 / 2, 1.0 / 3), (values["field_precision[amount]"], values["field_recall[amount]"]));
        Assert.Equal((2.0 / 5, 2.0 / 7), (values["field_precision_micro"], values["field_recall_micro"]));
        Assert.Equal(2.0 * 2 / (7 + 5), values["field_f1_micro"]);
        Assert.Equal(0.4, values["field_f1_macro"]);
        Assert.Equal(0, values["fields_right"]);
    }

    [Fact]
    public void Field_that_no_sample_has_is_undefined_and_no_part_of_the_mean()
    {
        var metric = Create("field_f1", """{"fields":["a","b","c"]}""");
        var values = Metrics.Samples.Values(metric, Sample("""{"a":1}""", """{"a":1,"b":2}"""));
        Assert.Equal((1, 0, double.NaN), (values["field_f1[a]"], values["field_f1[b]"], values["field_f1[c]"]));
        Assert.Equal((0, 0), (values["field_precision[b]"], values["field_recall[b]"]));
        Assert.Equal(0.5, values["field_f1_macro"]);
    }

    [Fact]
    public void Nested_objects_are_compared_leaf_by_leaf_unless_they_are_named()
    {
        const string Reference = """{"to":{"city":"Kiel","zip":"24103"}}""";
        const string Answer = """{"to":{"city":"Kiel","zip":"24105"}}""";
        Assert.Equal(0.5, Metrics.Samples.Values(Micro, Sample(Reference, Answer))["field_f1_micro"]);
        Assert.Equal(0, Metrics.Samples.Values(Create("field_f1", """{"fields":["to"]}"""), Sample(Reference, Answer))["field_f1[to]"]);
        Assert.Equal(
            1,
            Metrics.Samples.Values(Create("field_f1", """{"fields":{"to.zip":"ignore"}}"""), Sample(Reference, Answer))["fields_right"]
        );
    }

    [Fact]
    public void Answer_that_is_no_object_has_one_value_that_nothing_agrees_with()
    {
        var values = Metrics.Samples.Values(Micro, Sample("""{"a":1,"b":2}""", "[1,2]"));
        Assert.Equal((0, 0, 0), (values["field_precision_micro"], values["field_recall_micro"], values["fields_right"]));
        Assert.Equal(1, Metrics.Samples.Values(Micro, Sample("[1,2]", "[1,2]"))["field_f1_micro"]);
    }

    [Fact]
    public void Fields_are_those_of_the_reference_columns_where_the_metric_names_none()
    {
        var metric = MetricCatalog.Create(
            ExtractionTask.Instance,
            [new MetricSpec { Name = "field_f1" }],
            new MetricSettings { Fields = ["b", "a"] }
        )[0];
        Assert.Contains("field_f1[b]", metric.Values.Select(value => value.Name));
    }

    /// <summary>A run keeps its spec with sorted names, a file is scored by the spec as it is written.</summary>
    [Fact]
    public void Order_of_fields_in_an_object_decides_nothing() =>
        Assert.Equal(
            Create("field_f1", """{"fields":{"a":"text","b":"exact"}}""").Values,
            Create("field_f1", """{"fields":{"b":"exact","a":"text"}}""").Values
        );

    [Fact]
    public void Confusion_has_a_row_a_field_and_a_column_for_what_became_of_it()
    {
        var metric = Create("field_confusion", """{"fields":["a","b"]}""");
        var report = MetricScore.Report(
            [metric],
            [
                Sample("""{"a":1,"b":1}""", """{"a":1,"b":2}"""),
                Sample("""{"a":1}""", """{"b":2}"""),
                Sample("""{"a":1,"b":1}""", null),
                Sample("{}", "{}"),
            ]
        );
        var table = Assert.Single(report.Tables).Table;
        Assert.Equal(["a", "b"], table.Labels);
        Assert.Equal(
            [
                [1, 0, 2, 0, 1],
                [0, 1, 1, 1, 1],
            ],
            table.Rows
        );
        Assert.Equal("metrics[0].fields", Assert.Throws<OptionException>(() => Create("field_confusion", "{}")).Path);
    }

    [Theory]
    [InlineData("""{"fields":["a","a.b"]}""", "metrics[0].fields", "which is a part of it")]
    [InlineData("""{"fields":{"a":"exakt"}}""", "metrics[0].fields.a", "Did you mean exact?")]
    [InlineData("""{"fields":7}""", "metrics[0].fields", "expected a list")]
    [InlineData("""{"others":"nearly"}""", "metrics[0].others", "expected one of")]
    public void Fields_that_cannot_be_compared_are_refused_with_their_place(string options, string path, string hint)
    {
        var exception = Assert.Throws<OptionException>(() => Create("field_f1", options));
        Assert.Equal(path, exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_lie_between_0_and_1_and_a_reference_is_as_good_as_itself() =>
        Pair.Sample(
            pair =>
            {
                var values = Metrics.Samples.Values(Micro, Sample(pair.Reference, pair.Answer));
                Assert.All(values.Values, value => Assert.True(double.IsNaN(value) || value is >= 0 and <= 1));
                var own = Metrics.Samples.Values(Micro, Sample(pair.Reference, pair.Reference));
                Assert.Equal(1, own["fields_right"]);
                Assert.True(own["field_f1_micro"] is 1 or double.NaN);
            },
            iter: 2_000
        );

    [Fact]
    public void Precision_is_the_recall_of_the_other_direction() =>
        Gen.Select(Values.Objects, Values.Objects)
            .Sample(
                (reference, answer) =>
                {
                    var there = Metrics.Samples.Values(Micro, Sample(reference, answer));
                    var back = Metrics.Samples.Values(Micro, Sample(answer, reference));
                    Assert.Equal(there["field_f1_micro"], back["field_f1_micro"]);
                    Assert.Equal(there["field_precision_micro"], back["field_recall_micro"]);
                    Assert.Equal(there["fields_right"], back["fields_right"]);
                },
                iter: 2_000
            );

    [Fact]
    public void Order_of_members_decides_nothing() =>
        Gen.Select(Values.Objects, Values.Objects, Gen.Int)
            .Sample(
                (reference, answer, seed) =>
                    Assert.Equal(
                        Metrics.Samples.Values(Micro, Sample(reference, answer)),
                        Metrics.Samples.Values(Micro, Sample(Values.ShuffleMembers(reference, seed), Values.ShuffleMembers(answer, ~seed)))
                    ),
                iter: 1_000
            );

    private static MetricSample Sample(string reference, string? answer) =>
        new()
        {
            References = [reference],
            Prediction = answer,
            ScoredText = answer,
        };

    private static Metric Create(string name, string options) =>
        MetricCatalog.Create(
            ExtractionTask.Instance,
            [new MetricSpec { Name = name, Options = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(options)! }],
            new MetricSettings()
        )[0];
}
