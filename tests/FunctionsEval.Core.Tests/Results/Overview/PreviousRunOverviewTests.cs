using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using static FunctionsEval.Core.Tests.Results.Overview.OverviewSamples;

namespace FunctionsEval.Core.Tests.Results.Overview;

/// <summary>What got clearly worse since the previous run, in the overview and in the warning.</summary>
public sealed class PreviousRunOverviewTests
{
    private const string ToDo = "Compare the two runs and look at the lost samples before this model is used.";

    private const string Spec = """
        {
          "task": "classification", "model": "tuned", "labels": ["a", "b", "c"], "slices": ["lang"],
          "gate": { "rules": [ { "metric": "f1_macro", "minimum": 0.8 }, { "metric": "accuracy", "minimum": 0.8 } ] }
        }
        """;

    [Fact]
    public void A_class_is_named_once_with_its_own_samples()
    {
        var summary = With(
            Fell("recall[a]", -0.7, "lang=en"),
            Fell("f1[a]", -0.6, "lang=en"),
            Fell("precision[b]", -0.6),
            Fell("f1[a]", -0.6),
            Fell("recall[a]", -0.5, lost: 20),
            Fell("recall[a]", -0.4, "lang=de"),
            Fell("f1[b]", -0.4)
        );

        var worse = RunOverview.From(Completed(), summary).Previous!.Worse;

        Assert.Equal(["f1[b]", "recall[a]"], worse.Select(change => change.Name));
        Assert.Equal([("class", "b", 100L, 40.0), ("class", "a", 40L, 20.0)], worse.Select(Key));
    }

    [Fact]
    public void A_class_that_fell_in_a_slice_only_has_the_samples_of_both()
    {
        var summary = With(
            Fell("f1[a]", -0.8, "lang=en"),
            Fell("recall[a]", -0.7, "lang=en"),
            Fell("recall[a]", -0.9, "lang=fr"),
            Fell("recall[b]", -0.1)
        );

        var worse = RunOverview.From(Completed(), summary).Previous!.Worse;

        // Nobody knows how many of a's samples are French.
        Assert.Equal([("class", "b", 100, 10), ("slice", "a in lang=en", 10, 7), ("slice", "a in lang=fr", null, null)], worse.Select(Key));
        Assert.Equal(("lang=en", "a"), (worse[1].Filter!["tag"], worse[1].Filter!["label"]));
    }

    [Fact]
    public void A_slice_is_named_once_by_the_gates_first_number()
    {
        var summary = With(
            Fell("precision_macro", -0.9, "lang=en"),
            Fell("accuracy", -0.2, "lang=en"),
            Fell("f1_macro", -0.1, "lang=en"),
            Fell("recall_weighted", -0.2, "lang=de")
        );

        var worse = RunOverview.From(Completed(), summary).Previous!;

        Assert.Equal(
            [("recall_weighted", "lang=de"), ("f1_macro", "lang=en")],
            worse.Worse.Select(change => (change.Name, change.Subject)).Order().Reverse()
        );
        Assert.Equal(2, worse.WorseTotal);
    }

    [Fact]
    public void The_warning_names_the_same_things_in_the_same_order_and_ends_with_what_to_do()
    {
        var summary = With(
            Fell("recall[a]", -0.7, "lang=en"),
            Fell("f1[a]", -0.6),
            Fell("recall[a]", -0.5, lost: 20),
            Fell("recall[b]", -0.4),
            Fell("f1_macro", -0.1, "lang=en")
        );

        Assert.Equal(
            "2 of 3 classes and 1 of 3 slices are clearly worse than in the previous run ev-before, over 3,080 samples that both have: "
                + "lang=en F1 (macro) 85.0 % → 75.0 % (p < 0.001), b recall 85.0 % → 45.0 % (p < 0.001), "
                + $"a recall 85.0 % → 35.0 % (p < 0.001). {ToDo}",
            PreviousWarning.From(summary)
        );
    }

    [Fact]
    public void A_headline_number_is_named_in_the_warning() =>
        Assert.Equal(
            "F1 (macro) is clearly worse than in the previous run ev-before, over 3,080 samples that both have: "
                + $"F1 (macro) 85.0 % → 75.0 % (p < 0.001). {ToDo}",
            PreviousWarning.From(With(Fell("f1_macro", -0.1)))
        );

    [Fact]
    public void Names_of_any_length_leave_room_for_what_to_do()
    {
        var names = Enumerable.Range(0, 30).Select(label => $"{label}\n\u202E{new string('x', 500)}");

        var warning = PreviousWarning.From(With([.. names.Select(name => Fell($"recall[{name}]", -0.5))]))!;

        Assert.InRange(warning.Length, 200, PreviousWarning.MaxLength);
        Assert.EndsWith($"more. {ToDo}", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
        Assert.DoesNotContain('\u202E', warning);
        Assert.StartsWith("30 classes are clearly worse", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_fell_is_no_warning()
    {
        Assert.Null(PreviousWarning.From(With()));
        Assert.Null(PreviousWarning.From(With() with { Previous = null }));
    }

    private static (string Kind, string? Subject, long? Samples, double? Damage) Key(OverviewChange change) =>
        (change.Kind, change.Subject, change.Samples, change.Damage is { } damage ? Math.Round(damage, 9) : null);

    private static MetricComparison Fell(string name, double difference, string slice = SliceNames.All, long? lost = null) =>
        MetricComparison.From(
            Line(name, 0.85 + difference, slice: slice).Against(difference, difference - 0.1, difference + 0.1) with
            {
                Reading = slice == SliceNames.All && !name.EndsWith(']') ? MetricReading.Worse : MetricReading.ToLookAt,
                Gained = lost is null ? null : 0,
                Lost = lost,
            },
            0.85
        );

    private static RunSummary With(params MetricComparison[] fell) =>
        Summary(
            Spec,
            [
                Line("accuracy", 0.92),
                Line("f1_macro", 0.91),
                .. new[] { "lang=en", "lang=de", "lang=fr" }.SelectMany(slice =>
                    new[]
                    {
                        Line("accuracy", 0.9, slice: slice, samples: 1500),
                        Line("f1_macro", 0.9, slice: slice, samples: 1500),
                        Line("recall[a]", 0.9, slice: slice, samples: 1500),
                    }
                ),
            ]
        ) with
        {
            Previous = new PreviousSummary
            {
                RunId = "ev-before",
                Model = "tuned",
                Dataset = "tickets/test.jsonl",
                Pairing = new PairingCounts(3080, 0, 0, 0),
                Fell = fell,
            },
            ConfusionMatrices =
            [
                Matrix(["a", "b", "c"], [14, 25, 0, 1], [0, 90, 10, 0], [3, 0, 297, 0]),
                Matrix(["a", "b"], [4, 6, 0], [0, 20, 0]) with
                {
                    Slice = "lang=en",
                },
            ],
        };
}
