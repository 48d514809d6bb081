using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports.Samples;

/// <summary>What the index finds, beside a filter over all samples and a sort of them.</summary>
public sealed class SampleFinderTests
{
    private static readonly SampleNumber[] Numbers = [new("accuracy", true), new("ter", false)];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Random_filters_find_what_a_look_at_every_sample_finds(int seed, bool hasBaseline)
    {
        var random = new RandomSamples(seed);
        var samples = random.Create(1_500, hasBaseline);
        using var run = new IndexedSamples();
        await run.WriteAsync(samples);
        var found = 0;
        for (var number = 0; number < 150; number++)
        {
            var filter = random.CreateFilter();
            var expected = Enumerable.Range(0, samples.Count).Where(row => filter.Matches(samples[row]));
            var actual = (await run.FindAsync(filter)).Rows;
            Assert.Equal(expected, actual);
            found += actual.Length > 0 ? 1 : 0;
        }

        Assert.InRange(found, 50, 150); // Filters that find nothing would compare nothing.
    }

    [Theory]
    [InlineData(nameof(SampleSort.Score))]
    [InlineData(nameof(SampleSort.BaselineScore))]
    [InlineData(nameof(SampleSort.Difference))]
    [InlineData(nameof(SampleSort.Length))]
    public async Task Orders_are_those_of_a_stable_sort_with_samples_without_a_value_last(string name)
    {
        var sort = Enum.Parse<SampleSort>(name);
        const int Count = SampleIndexFormat.ScoresTogether + 1_000; // Two pieces of scores.
        var samples = Enumerable.Range(0, Count).Select(number => Sample(number, new string('x', number * 7 % 50))).ToList();
        var scores = Scores(Count);
        using var run = new IndexedSamples();
        await run.WriteAsync(samples, Numbers, number => scores[number]);
        foreach (var metric in new[] { 0, 1 })
        {
            foreach (var isDescending in new bool?[] { null, false, true })
            {
                var found = await run.FindAsync(SampleFilter.All, new SampleOrder(sort, isDescending, Numbers[metric].Name));
                var sign = isDescending ?? (sort == SampleSort.Length || !Numbers[metric].HigherIsBetter) ? -1 : 1;
                var expected = Enumerable
                    .Range(0, Count)
                    .Select(row => (row, value: sign * ValueOf(row, metric)))
                    .OrderBy(row => double.IsNaN(row.value) ? 1 : 0)
                    .ThenBy(row => row.value)
                    .Select(row => row.row);
                Assert.Equal(expected, found.Rows);
                Assert.Equal(Numbers[metric].Name, found.Metric);
            }
        }

        double ValueOf(int row, int metric) =>
            sort switch
            {
                SampleSort.Score => scores[row].Candidate[metric],
                SampleSort.BaselineScore => scores[row].Baseline[metric],
                SampleSort.Difference => scores[row].Candidate[metric] - scores[row].Baseline[metric],
                _ => samples[row].Candidate!.Text!.Length,
            };
    }

    [Fact]
    public async Task Free_texts_that_no_metric_counts_are_neither_right_nor_wrong()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync(
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(number => Sample(number, "about right") with { Baseline = Sample(number, "wrong").Candidate }),
            ],
            comparesTexts: false
        );

        Assert.Empty((await run.FindAsync(SampleFilter.All with { Correct = true })).Rows);
        Assert.Empty((await run.FindAsync(SampleFilter.All with { Correct = false })).Rows);
        Assert.Empty((await run.FindAsync(SampleFilter.All with { Flip = Flip.Gained })).Rows);
        Assert.Empty((await run.FindAsync(SampleFilter.All with { Flip = Flip.Lost })).Rows);
    }

    [Fact]
    public async Task Metric_that_counts_right_answers_says_what_is_right()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync(
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(number => Sample(number, "about right") with { Baseline = Sample(number, "wrong").Candidate }),
            ],
            isRight: number => (number < 2, number == 0)
        );

        var right = await run.FindAsync(SampleFilter.All with { Correct = true });
        var gained = await run.FindAsync(SampleFilter.All with { Flip = Flip.Gained });

        Assert.Equal([0, 1], right.Rows);
        Assert.Equal([1], gained.Rows);
    }

    [Fact]
    public async Task Value_that_no_sample_has_is_told_with_the_closest_one()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([
            Sample(0, "a") with
            {
                References = ["card_arrival"],
                Tags = new Dictionary<string, string> { ["lang"] = "de" },
            },
        ]);

        var found = await run.FindAsync(
            SampleFilter.All with
            {
                Label = "card_arival",
                FinishReason = "stop",
                Tags = [new("lang", "en"), new("langg", "de")],
            }
        );

        Assert.Empty(found.Rows);
        Assert.Equal(
            [
                "No sample has the label 'card_arival'. The closest is 'card_arrival'.",
                "No sample has a tag 'lang' with the value 'en'.",
                "No sample has a tag 'langg'. The closest is 'lang'.",
            ],
            found.Notes
        );
    }

    [Fact]
    public async Task Metric_that_has_no_value_for_a_sample_is_refused_with_those_that_have()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([Sample(0, "a")], Numbers, _ => ([1, 0], [0, 1]));

        var refused = await Assert.ThrowsAsync<OptionException>(() =>
            run.FindAsync(SampleFilter.All, new SampleOrder(SampleSort.Score, null, "f1_macro"))
        );

        Assert.Equal("metric: 'f1_macro' is no metric with a value for a single sample. Valid: accuracy, ter.", refused.Message);
    }

    [Fact]
    public async Task Search_that_takes_too_long_says_where_it_stopped()
    {
        using var patient = new IndexedSamples();
        using var run = new IndexedSamples { Scan = new SampleScan(patient.Blobs) { MaxTime = TimeSpan.Zero } };
        await run.WriteAsync([Sample(0, "word"), Sample(1, "word")]);

        var found = await run.FindAsync(SampleFilter.All with { Text = "word" });

        Assert.Empty(found.Rows);
        Assert.StartsWith("Only the first 0 of 2 samples were looked at", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_that_are_written_again_are_found_by_an_index_of_their_own()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([Sample(0, "first")]);
        var before = await run.IndexAsync();
        await run.WriteAsync([Sample(0, "first"), Sample(1, "second")]);

        await Assert.ThrowsAsync<SamplesChangedException>(() =>
            run.Finder.FindAsync(
                before,
                SampleFilter.All with
                {
                    Text = "first",
                },
                SampleOrder.Dataset,
                TestContext.Current.CancellationToken
            )
        );
        var found = await run.FindAsync(SampleFilter.All);
        Assert.Equal([0, 1], found.Rows);
    }

    private static List<(double[] Candidate, double[] Baseline)> Scores(int count)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, count).Select(_ => (new[] { Next(), Next() }, new[] { Next(), Next() }))];

        double Next() =>
            random.Next(10) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                var value => value,
            };
    }

    private static SampleResult Sample(int number, string text) =>
        new()
        {
            Id = $"s{number}",
            Line = number + 1,
            Offset = number * 10,
            References = ["yes"],
            Candidate = new AnswerResult
            {
                Outcome = Outcome.Scored,
                Text = text,
                Prediction = text,
                FinishReason = "stop",
            },
        };
}
