using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Results;

public sealed class MetricHistoryTests
{
    [Fact]
    public void A_point_has_the_words_that_people_read_and_the_baseline_beside_it()
    {
        var point = MetricHistoryPoint.From(
            Number("recall[card_arrival]", 0.9234, 0.9131, 0.9322),
            Number("recall[card_arrival]", 0.131, 0.1192, 0.1434)
        );

        Assert.Equal(
            ("Recall of card_arrival", MetricUnit.Share, "92.3 %", "91.3 to 93.2 %"),
            (point.Label, point.Unit, point.Text, point.IntervalText)
        );
        Assert.Equal(new MetricHistoryBaseline(0.131, 0.1192, 0.1434, "13.1 %"), point.Baseline);
    }

    [Fact]
    public void An_undefined_number_has_no_text_and_no_baseline()
    {
        var point = MetricHistoryPoint.From(Number("accuracy", null, null, null), baseline: null);

        Assert.Null(point.Text);
        Assert.Null(point.IntervalText);
        Assert.Null(point.Baseline);
    }

    [Fact]
    public void What_is_before_a_pending_run_is_written_and_read()
    {
        const string Text = """{"before":{"running":2,"waiting":1},"runId":"ev-1","status":"Pending","suite":"s","warnings":[]}""";

        var run = JsonSerializer.Deserialize<Run>(Text, ResultJson.Options)!;

        Assert.Equal(new RunsBefore(2, 1), run.Before);
        Assert.Equal(Text, JsonSerializer.Serialize(run, ResultJson.Options));
    }

    private static MetricValue Number(string name, double? value, double? lower, double? upper) =>
        new()
        {
            Role = Roles.Candidate,
            Name = name,
            Slice = MetricReport.AllSamples,
            Value = value,
            Lower = lower,
            Upper = upper,
            Samples = 40,
            HigherIsBetter = true,
            Signature = "",
        };
}
