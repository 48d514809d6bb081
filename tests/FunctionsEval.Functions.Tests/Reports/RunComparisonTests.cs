using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>Samples of two runs are paired by id and content, whatever became of the dataset between them.</summary>
public sealed partial class RunComparisonTests
{
    private readonly EvaluatedRuns _runs = new();

    private RunComparison Comparison => new(_runs.Blobs);

    [Fact]
    public async Task One_edited_row_leaves_every_other_pair_as_it_was()
    {
        var rows = Rows(3080, right: row => row % 100 < 83);
        await _runs.AddAsync("left", rows);
        // The edited row is longer, so that every row behind it has another place.
        await _runs.AddAsync(
            "right",
            [
                .. Rows(3080, right: row => row % 100 is < 82 or 99)
                    .Select((row, index) => index == 1000 ? row with { Input = "another question" } : row),
            ]
        );

        var pairing = await PairAsync("left", "right");

        Assert.Equal(new PairingCounts(Paired: 3079, Changed: 1, Added: 0, Removed: 0), pairing.Counts);
        // 82 and 99 of each hundred changed sides; 30 hundreds and 80 rows.
        Assert.Equal(new FlipCounts(Gained: 30, Lost: 30), pairing.Flips);
        var accuracy = pairing.Lines.Single(line => line is { Role: Roles.Candidate, Name: "accuracy" });
        Assert.Equal((30L, 30L, "mcnemar_exact", 1.0), (accuracy.Gained, accuracy.Lost, accuracy.Test, accuracy.PValue));
        Assert.NotNull(accuracy.DifferenceLower);
        Assert.Equal(ComparisonDecision.NoClearDifference, MetricReadings.Decide(pairing.Lines));
    }

    [Fact]
    public async Task Order_additions_and_removals_do_not_matter()
    {
        var rows = Rows(200, right: row => row % 2 == 0);
        await _runs.AddAsync("left", rows);
        await _runs.AddAsync(
            "right",
            [.. rows.Skip(3).Reverse(), .. Rows(5, right: _ => true).Select(row => row with { Id = "new " + row.Id })],
            shards: 7
        );

        var pairing = await PairAsync("left", "right");

        Assert.Equal(new PairingCounts(Paired: 197, Changed: 0, Added: 5, Removed: 3), pairing.Counts);
        Assert.Equal(new FlipCounts(0, 0), pairing.Flips);
    }

    [Fact]
    public async Task Rows_without_ids_are_known_by_their_content()
    {
        var rows = Rows(50, right: _ => true).Select(row => row with { Id = null }).ToList();
        await _runs.AddAsync("left", rows);
        await _runs.AddAsync(
            "right",
            [
                new EvaluatedRow(null, "one more in front", "odd", "odd"),
                .. rows.Select((row, index) => index == 21 ? row with { Label = "even", Prediction = "even" } : row),
            ]
        );

        Assert.Equal(new PairingCounts(Paired: 49, Changed: 1, Added: 1, Removed: 0), (await PairAsync("left", "right")).Counts);
    }

    [Fact]
    public async Task Repeated_ids_are_paired_by_content_and_equal_rows_one_by_one()
    {
        EvaluatedRow first = new("a", "first", "odd", "odd"),
            second = new("a", "second", "odd", "even"),
            twice = new("b", "same", "even", "even");
        await _runs.AddAsync("left", [first, second, twice, twice]);
        await _runs.AddAsync("right", [second with { Prediction = "odd" }, first, twice, twice, twice, first with { Input = "third" }]);

        var pairing = await PairAsync("left", "right");

        Assert.Equal(new PairingCounts(Paired: 4, Changed: 0, Added: 2, Removed: 0), pairing.Counts);
        Assert.Equal(new FlipCounts(Gained: 1, Lost: 0), pairing.Flips);
    }

    [Fact]
    public async Task Sample_that_was_not_answered_is_paired_and_flips_nothing()
    {
        await _runs.AddAsync("left", Rows(10, right: _ => true));
        await _runs.AddAsync(
            "right",
            [.. Rows(11, right: _ => true).Select((row, index) => index == 4 ? row with { Prediction = null } : row)]
        );

        var pairing = await PairAsync("left", "right");

        Assert.Equal((10L, new FlipCounts(0, 0)), (pairing.Counts.Paired, pairing.Flips));
        Assert.Equal(10, pairing.Lines.Single(line => line.Role == Roles.Candidate).Samples);
    }

    [Fact]
    public async Task Nothing_is_decided_where_too_few_samples_count()
    {
        await _runs.AddAsync("left", Rows(100, right: _ => true));
        await _runs.AddAsync(
            "right",
            [.. Rows(100, right: _ => false).Select((row, index) => index < 6 ? row with { Prediction = null } : row)]
        );

        var pairing = await PairAsync("left", "right");

        Assert.Equal("Only 94 of 100 samples of the right run count in its metrics, less than 95 % of them.", pairing.Undecided);
        Assert.Equal(ComparisonDecision.Inconclusive, MetricReadings.Decide(pairing.Lines));
        Assert.All(pairing.Lines, line => Assert.Null(line.Reading));
    }

    [Fact]
    public async Task Run_of_an_earlier_version_is_paired_on_the_same_bytes_and_told_otherwise()
    {
        await _runs.AddAsync("left", Rows(40, right: row => row < 30));
        await _runs.AddAsync("same", Rows(40, right: row => row < 20), shards: 1);
        await _runs.AddAsync("other", Rows(41, right: row => row < 20));
        foreach (var shard in new[] { 0, 1 })
        {
            await ForgetIdentitiesAsync("left", shard);
        }

        var pairing = await PairAsync("left", "same");

        Assert.Equal((40L, null), (pairing.Counts.Paired, pairing.Flips));
        Assert.Equal(10, pairing.Lines.Single(line => line.Role == Roles.Candidate).Lost);
        Assert.Contains("earlier version", await ReasonAsync("left", "other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turns_are_paired_with_themselves_whatever_is_missing()
    {
        _runs.Spec = _runs.Spec with { Turns = TurnSelection.All };
        var rows = Rows(90, right: _ => true)
            .Select((row, index) => row with { Id = $"c{index / 3}", Turn = (index % 3) + 1, Turns = 3 })
            .ToList();
        await _runs.AddAsync("left", rows, shards: 1);
        // Some third turns are wrong: a pair of another turn with one of them would be seen.
        await _runs.AddAsync(
            "same bytes",
            rows.Select((row, index) => row.Turn == 3 && index < 60 ? row with { Prediction = row.Label == "odd" ? "even" : "odd" } : row),
            shards: 1
        );
        await _runs.AddAsync(
            "other bytes",
            rows.Where(row => row.Turn != 2).Append(new EvaluatedRow("d", "d", "odd", "odd", 1, 1)),
            shards: 1
        );

        var same = await PairAsync("left", "same bytes");
        Assert.Equal(new PairingCounts(Paired: 90, Changed: 0, Added: 0, Removed: 0), same.Counts);
        var accuracy = same.Lines.Where(line => line is { Role: Roles.Candidate, Name: "accuracy" }).ToDictionary(line => line.Slice);
        Assert.Equal([0L, 0L, 20L], new[] { "turn=1", "turn=2", "turn=3" }.Select(turn => accuracy[turn].Lost!.Value));
        Assert.Equal(("bootstrap_t", "mcnemar_exact"), (accuracy["all"].Test, accuracy["turn=3"].Test));
        Assert.Empty(same.Recalls);

        var other = await PairAsync("left", "other bytes");
        Assert.Equal(new PairingCounts(Paired: 60, Changed: 0, Added: 1, Removed: 30), other.Counts);
        Assert.Equal(new FlipCounts(0, 0), other.Flips);
    }

    [Fact]
    public async Task A_run_of_all_turns_is_not_paired_with_one_of_the_last()
    {
        await _runs.AddAsync("left", Rows(10, right: _ => true));
        _runs.Spec = _runs.Spec with { Turns = TurnSelection.All };
        await _runs.AddAsync("right", Rows(10, right: _ => true).Select(row => row with { Turn = 1, Turns = 1 }));
        Assert.Contains("each trained turn", await ReasonAsync("left", "right"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_without_a_common_sample_are_told()
    {
        await _runs.AddAsync("left", Rows(10, right: _ => true));
        await _runs.AddAsync("right", Rows(10, right: _ => true).Select(row => row with { Id = "other " + row.Id }));

        Assert.Contains("no sample in common", await ReasonAsync("left", "right"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_prompt_on_the_same_bytes_is_the_same_sample_and_another_reference_is_not()
    {
        await _runs.AddAsync("left", Rows(10, right: _ => true));
        _runs.Spec = _runs.Spec with { Prompt = new PromptSpec { User = "Say it: {{ input }}" } };
        await _runs.AddAsync("prompt", Rows(10, right: _ => true));
        _runs.Spec = _runs.Spec with { Columns = new ColumnSpec { Reference = "other" } };
        await _runs.AddAsync(
            "reference",
            Rows(10, right: _ => true).Select((row, index) => index == 3 ? row with { Label = "even" } : row)
        );

        Assert.Equal(10, (await PairAsync("left", "prompt")).Counts.Paired);
        Assert.Equal(new PairingCounts(Paired: 9, Changed: 1, Added: 0, Removed: 0), (await PairAsync("left", "reference")).Counts);
    }

    [Fact]
    public async Task Flips_are_listed_with_both_answers_page_by_page()
    {
        await _runs.AddAsync("left", Rows(300, right: row => row % 10 != 0));
        await _runs.AddAsync(
            "right",
            [.. Rows(300, right: row => row % 10 != 1).Select((row, index) => index == 11 ? row with { Input = "edited" } : row)]
        );
        var flips = new RunFlips(_runs.Blobs, Comparison);

        List<SampleResult> listed = [];
        long? offset = 0;
        for (var pages = 0; offset is not null && pages < 100; pages++)
        {
            var (samples, next) = (
                await flips.ReadAsync(
                    "left",
                    "right",
                    new SampleFilter(null, null, null, null),
                    offset.Value,
                    7,
                    TestContext.Current.CancellationToken
                )
            )!.Value;
            Assert.InRange(samples.Count, 0, 7);
            listed.AddRange(samples);
            offset = next;
        }

        Assert.Equal(59, listed.Count); // 30 gained, and 30 lost but for the one whose content is another.
        Assert.Equal(59, listed.DistinctBy(sample => sample.Id).Count());
        Assert.All(listed, sample => Assert.Equal(sample.Flip == Flip.Gained, sample.Candidate!.Prediction == sample.References[0]));
        Assert.All(listed, sample => Assert.NotEqual(sample.Candidate!.Prediction, sample.Against!.Prediction));

        var lost = (
            await flips.ReadAsync(
                "left",
                "right",
                new SampleFilter(null, null, null, Flip.Lost),
                0,
                500,
                TestContext.Current.CancellationToken
            )
        )!
            .Value
            .Samples;
        Assert.Equal(29, lost.Count);
        Assert.Null(
            await flips.ReadAsync("left", "nothing", new SampleFilter(null, null, null, null), 0, 50, TestContext.Current.CancellationToken)
        );
    }

    private static List<EvaluatedRow> Rows(int count, Func<int, bool> right) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(row =>
                {
                    var (label, other) = row % 2 == 0 ? ("even", "odd") : ("odd", "even");
                    return new EvaluatedRow(
                        string.Create(CultureInfo.InvariantCulture, $"n{row}"),
                        string.Create(CultureInfo.InvariantCulture, $"question {row}"),
                        label,
                        right(row) ? label : other
                    );
                }),
        ];

    private async Task<RunPairing> PairAsync(string left, string right)
    {
        var (pairing, reason) = await Comparison.PairAsync(left, right, TestContext.Current.CancellationToken);
        Assert.Null(reason);
        return pairing!;
    }

    private async Task<string> ReasonAsync(string left, string right)
    {
        var (pairing, reason) = await Comparison.PairAsync(left, right, TestContext.Current.CancellationToken);
        Assert.Null(pairing);
        return reason!;
    }

    /// <summary>Leaves a statistics file as versions wrote it that kept no identities.</summary>
    /// <summary>
    /// Turns a shard's files into those of a version that knew neither the layout of its words nor the content of its samples.
    /// </summary>
    private async Task ForgetIdentitiesAsync(string runId, int shard)
    {
        var bytes = (
            await _runs.Blobs.ReadShardStatisticsAsync(runId, Roles.Candidate, shard, TestContext.Current.CancellationToken)
        ).ToArray();
        var end = bytes.AsSpan().IndexOf("FEI1"u8) - sizeof(ulong);
        await _runs.Blobs.WriteShardStatisticsAsync(
            runId,
            Roles.Candidate,
            shard,
            new BinaryData(bytes[..end]),
            TestContext.Current.CancellationToken
        );
        var log = $"runs/{StorageNames.ShardLog(runId, Roles.Candidate, shard)}";
        _runs.Storage.Write(log, Encoding.UTF8.GetBytes(ContentMember().Replace(_runs.Storage.TextOf(log), "")));
    }

    [GeneratedRegex(",\"content\":\"[^\"]*\"")]
    private static partial Regex ContentMember();
}
