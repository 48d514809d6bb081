using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

public sealed class RunReviewsTests
{
    private readonly EvaluatedRuns _runs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A run without a baseline has no pair to be graded.</summary>
    [Theory]
    [InlineData("0", Roles.Candidate, true)]
    [InlineData("0", Roles.Baseline, false)]
    [InlineData("0", null, false)]
    [InlineData("1", Roles.Candidate, false)]
    [InlineData("00", Roles.Candidate, false)]
    [InlineData("../0", Roles.Candidate, false)]
    [InlineData("99999999999999999999", Roles.Candidate, false)]
    public async Task Only_answers_that_a_run_has_are_graded(string sample, string? role, bool has)
    {
        await _runs.AddAsync("ev-1", [new EvaluatedRow("a", "one", "odd", "odd"), new EvaluatedRow("b", "two", "even", "odd")]);
        using var found = new Found(_runs);
        var reviews = found.Reviews;

        Assert.Equal(has, await reviews.HasAsync("ev-1", new ReviewItemKey(sample, role), Cancellation));
        Assert.False(await reviews.HasAsync("ev-2", new ReviewItemKey(sample, role), Cancellation));
    }

    /// <summary>The numbers 10.2 and 10 are not the same text, but within the tolerance of the spec's metric.</summary>
    [Fact]
    public async Task Queue_has_the_samples_that_the_same_filter_finds_elsewhere()
    {
        _runs.Spec = SpecReader.Read(
            """{"task":"regression","model":"m","metrics":["mae",{"name":"within_tolerance","absolute":0.5}]}""",
            "evaluation.json"
        );
        await _runs.AddAsync(
            "ev-1",
            [new EvaluatedRow("a", "one", "10", "10.2"), new EvaluatedRow("b", "two", "20", "25"), new EvaluatedRow("c", "three", "3", "3")]
        );
        using var found = new Found(_runs);

        var queue = await found.Reviews.NextAsync(
            "ev-1",
            "Ann",
            ReviewKind.Answers,
            isDisputedOnly: false,
            SampleFilter.All with
            {
                Correct = true,
            },
            50,
            Cancellation
        );

        Assert.Equal(["a", "c"], queue!.Items.Select(item => item.Id).Order());
    }

    private sealed class Found : IDisposable
    {
        private readonly SampleIndexes _indexes;
        private readonly SampleScan _scan;

        public Found(EvaluatedRuns runs)
        {
            var blobs = new SampleBlobs(runs.Storage.Blobs);
            _indexes = new SampleIndexes(blobs, runs.Blobs);
            _scan = new SampleScan(blobs);
            Reviews = new RunReviews(runs.Blobs, blobs, new ReviewLog(runs.Storage.Blobs), _indexes, new SampleFinder(blobs, _scan));
        }

        public RunReviews Reviews { get; }

        public void Dispose()
        {
            _indexes.Dispose();
            _scan.Dispose();
        }
    }
}
