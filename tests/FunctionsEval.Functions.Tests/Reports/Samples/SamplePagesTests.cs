using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;

namespace FunctionsEval.Functions.Tests.Reports.Samples;

public sealed class SamplePagesTests
{
    [Fact]
    public async Task Pages_of_large_samples_are_bounded_in_bytes_and_together_have_every_sample_once()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([.. Enumerable.Range(0, 40).Select(number => Sample(number, new string('x', 1 << 20)))]);
        var (ids, offset, pages) = (new List<string>(), (long?)0, 0);
        while (offset is { } from)
        {
            var page = await run.PageAsync(SampleFilter.All, (int)from, size: 500);
            Assert.Equal((from + 1, 40L, 40L), (page.First, page.Total, page.Of));
            ids.AddRange(page.Samples.Select(sample => sample.Id));
            offset = page.Next;
            pages++;
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"s{number}"), ids);
        Assert.Equal(6, pages); // Seven samples of a MiB and their members are under 8 MiB.
    }

    [Fact]
    public async Task Sample_that_alone_is_larger_is_a_page_of_its_own()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([Sample(0, "small"), Sample(1, new string('x', SamplePages.MaxBytes)), Sample(2, "small")]);
        foreach (var offset in new[] { 0, 1, 2 })
        {
            var page = await run.PageAsync(SampleFilter.All, offset, 500);
            Assert.Equal($"s{offset}", Assert.Single(page.Samples).Id);
            Assert.Equal(offset == 2 ? null : offset + 1, page.Next);
        }
    }

    [Fact]
    public async Task Page_has_its_place_and_the_places_of_its_neighbours()
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([
            .. Enumerable.Range(0, 10).Select(number => Sample(number, "é", number % 2 == 0 ? Outcome.Scored : Outcome.Unparsable)),
        ]);
        var filter = SampleFilter.All with { Outcome = Outcome.Unparsable };

        var first = await run.PageAsync(filter, 0, 2);
        var second = await run.PageAsync(filter, (int)first.Next!, 2);
        var last = await run.PageAsync(filter, (int)second.Next!, 2);

        Assert.Equal((null, 1L, 5L, 10L), (first.Previous, first.First, first.Total, first.Of));
        Assert.Equal(["s5", "s7"], second.Samples.Select(sample => sample.Id));
        Assert.Equal((0L, 3L, 4L), (second.Previous, second.First, second.Next));
        Assert.Equal((2L, 5L, null), (last.Previous, last.First, last.Next));
        Assert.Equal((null, null, 5L), ((await run.PageAsync(filter, 99, 2)).First, (await run.PageAsync(filter, 99, 2)).Next, last.Total));
    }

    [Fact]
    public async Task Sample_has_its_key_whether_it_is_right_and_its_scores_before_its_own_line()
    {
        using var run = new IndexedSamples();
        var samples = new RandomSamples(5).Create(300, hasBaseline: true);
        await run.WriteAsync(samples, [new("bleu", true)], number => ([number], [double.NaN]));
        var order = new SampleOrder(SampleSort.Score, IsDescending: true, "bleu");

        var page = await run.PageAsync(SampleFilter.All, 100, 50, order);

        Assert.Equal("bleu", page.Metric);
        foreach (var (position, sample) in page.Samples.Index())
        {
            var number = 199 - position;
            Assert.Equal(samples[number].Id, sample.Id);
            Assert.Equal(new AnswerScores(number, null), sample.Scores);
            Assert.Equal(samples[number].FindCorrect(samples[number].Candidate), sample.Correct?.Candidate);
            Assert.Equal(samples[number].FindCorrect(samples[number].Baseline), sample.Correct?.Baseline);
            Assert.Equal(number, SampleKeys.FindRow(await run.IndexAsync(), sample.Key!));
            Assert.Equal(SampleKeys.Of(samples[number]), sample.Key);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-1")]
    [InlineData("0-1-1")]
    [InlineData("0-0-0")]
    [InlineData("00")]
    [InlineData("99999999999999999999")]
    [InlineData("../x")]
    public async Task Key_of_no_sample_finds_none(string key)
    {
        using var run = new IndexedSamples();
        await run.WriteAsync([Sample(0, "a"), Sample(1, "b")]);

        Assert.Equal(-1, SampleKeys.FindRow(await run.IndexAsync(), key));
    }

    [Fact]
    public async Task Facets_count_what_the_samples_have()
    {
        using var run = new IndexedSamples();
        var samples = new RandomSamples(6).Create(700, hasBaseline: true);
        await run.WriteAsync(samples);
        var filter = SampleFilter.All with { Correct = false };
        var matching = samples.Where(filter.Matches).ToList();

        var facets = SampleFacetCounts.Count(await run.IndexAsync(), await run.FindAsync(filter));

        Assert.Equal((matching.Count, 700), (facets.Total, facets.Of));
        Assert.All(
            facets.Labels.Values.Where(label => !label.Value.StartsWith('r')), // Those that only samples with very many have.
            label => Assert.Equal(matching.Count(sample => sample.References.Contains(label.Value)), label.Samples)
        );
        Assert.Equal(
            matching
                .Select(sample => sample.Candidate?.Prediction)
                .Where(prediction => prediction is { Length: <= SampleIndexFormat.MaxValueLength })
                .GroupBy(prediction => prediction!)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new FacetValue(group.Key, group.Count())),
            facets.Predictions.Values
        );
        Assert.Equal(
            matching.Count(sample => sample.Candidate?.Prediction?.Length > SampleIndexFormat.MaxValueLength),
            facets.Predictions.More
        );
        Assert.Equal(
            matching.Count(sample => sample.Tags?["lang"] == "de"),
            facets.Tags["lang"].Values.Single(value => value.Value == "de").Samples
        );
        Assert.Equal(matching.Count, facets.Correct!.Wrong);
        Assert.Equal(matching.Count(sample => sample.FindFlip() == Flip.Lost), facets.Flips!.Lost);
        Assert.Equal(
            matching.Count(sample => sample.Baseline?.Outcome == Outcome.TimedOut),
            facets.Outcomes.Single(outcome => outcome.Outcome == "timed_out").Baseline
        );
    }

    private static SampleResult Sample(int number, string text, Outcome outcome = Outcome.Scored) =>
        new()
        {
            Id = $"s{number}",
            Line = number + 1,
            Offset = number * 10,
            References = ["yes"],
            Candidate = new AnswerResult { Outcome = outcome, Text = text },
        };
}
