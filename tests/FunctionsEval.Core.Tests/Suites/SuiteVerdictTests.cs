using CsCheck;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Tests.Suites;

/// <summary>The verdict over a suite's datasets. The oracle is the table of docs/spec.md.</summary>
public sealed class SuiteVerdictTests
{
    /// <summary>What a dataset may say, from the best to the worst; null is no verdict.</summary>
    private static readonly VerdictResult?[] FromBest = [VerdictResult.Pass, VerdictResult.Inconclusive, null, VerdictResult.Fail];

    private static readonly VerdictResult[] SuiteFromBest = [VerdictResult.Pass, VerdictResult.Inconclusive, VerdictResult.Fail];

    private static readonly Gen<SuiteEntry> Entries = Gen.Select(
        Gen.Int[0, 99],
        Gen.Int[0, 2].Select(tier => (SuiteTier)tier),
        Gen.Int[0, FromBest.Length - 1],
        (number, tier, verdict) =>
            new SuiteEntry($"{number}.jsonl", tier, FromBest[verdict], FromBest[verdict] is null ? "it is missing" : null)
    );

    [Theory]
    [InlineData(SuiteTier.Critical, VerdictResult.Pass, VerdictResult.Pass)]
    [InlineData(SuiteTier.Critical, VerdictResult.Fail, VerdictResult.Fail)]
    [InlineData(SuiteTier.Critical, VerdictResult.Inconclusive, VerdictResult.Inconclusive)]
    [InlineData(SuiteTier.Critical, null, VerdictResult.Inconclusive)]
    [InlineData(SuiteTier.Supporting, VerdictResult.Pass, VerdictResult.Pass)]
    [InlineData(SuiteTier.Supporting, VerdictResult.Fail, VerdictResult.Inconclusive)]
    [InlineData(SuiteTier.Supporting, VerdictResult.Inconclusive, VerdictResult.Inconclusive)]
    [InlineData(SuiteTier.Supporting, null, VerdictResult.Inconclusive)]
    [InlineData(SuiteTier.Advisory, VerdictResult.Fail, VerdictResult.Pass)]
    [InlineData(SuiteTier.Advisory, VerdictResult.Inconclusive, VerdictResult.Pass)]
    [InlineData(SuiteTier.Advisory, null, VerdictResult.Pass)]
    public void Tier_says_what_a_dataset_does_to_a_suite_that_passes_otherwise(SuiteTier tier, VerdictResult? verdict, VerdictResult suite)
    {
        var passing = new SuiteEntry("test.jsonl", SuiteTier.Critical, VerdictResult.Pass);

        Assert.Equal(suite, SuiteVerdict.Decide([passing, new SuiteEntry("other.jsonl", tier, verdict, "it is missing")]).Result);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Suite_without_a_dataset_that_decides_is_inconclusive_and_says_so(int advisory)
    {
        var verdict = SuiteVerdict.Decide([
            .. Enumerable.Repeat(new SuiteEntry("style.jsonl", SuiteTier.Advisory, VerdictResult.Pass), advisory),
        ]);

        Assert.Equal(VerdictResult.Inconclusive, verdict.Result);
        Assert.Equal("no dataset of the suite is critical or supporting", Assert.Single(verdict.Rules).Reason);
    }

    [Fact]
    public void Dataset_that_gets_worse_never_improves_the_verdict_of_its_suite() =>
        Gen.Select(Entries.Array[1, 8], Gen.Int[0, 7], Gen.Int[0, 3])
            .Sample(
                (entries, index, verdict) =>
                {
                    index %= entries.Length;
                    var before = SuiteVerdict.Decide(entries).Result;
                    var worse = FromBest[Math.Max(verdict, Array.IndexOf(FromBest, entries[index].Verdict))];
                    var after = SuiteVerdict.Decide([
                        .. entries[..index],
                        entries[index] with
                        {
                            Verdict = worse,
                        },
                        .. entries[(index + 1)..],
                    ]);
                    return Array.IndexOf(SuiteFromBest, after.Result) >= Array.IndexOf(SuiteFromBest, before);
                }
            );

    [Fact]
    public void Suite_passes_only_if_every_critical_and_supporting_dataset_passes_and_there_is_one() =>
        Entries
            .Array[0, 8]
            .Sample(entries =>
            {
                var deciding = entries.Where(entry => entry.Tier != SuiteTier.Advisory).ToList();
                var passes = deciding.Count > 0 && deciding.TrueForAll(entry => entry.Verdict == VerdictResult.Pass);
                return (SuiteVerdict.Decide(entries).Result == VerdictResult.Pass) == passes;
            });

    [Fact]
    public void Every_dataset_is_told_of_in_a_reason_or_a_warning_unless_it_is_advisory_and_passes() =>
        Entries
            .Array[1, 8]
            .Sample(entries =>
            {
                var told = SuiteVerdict
                    .Decide(entries)
                    .Rules.Select(rule => rule.Reason)
                    .Concat(SuiteVerdict.FindWarnings(entries))
                    .ToList();
                return entries.All(entry =>
                    (entry.Tier == SuiteTier.Advisory && entry.Verdict == VerdictResult.Pass)
                    || told.Exists(sentence => sentence.Contains($" {entry.Dataset} ", StringComparison.Ordinal))
                );
            });

    [Fact]
    public void Reasons_name_tier_dataset_and_cause_the_critical_ones_first()
    {
        SuiteEntry[] entries =
        [
            new("long-tail.jsonl", SuiteTier.Supporting, VerdictResult.Fail),
            new("test.jsonl", SuiteTier.Critical, null, "run ev-1 ended as Failed (model_unreachable)"),
            new("style.jsonl", SuiteTier.Advisory, null, "there is no dataset of this name"),
        ];

        Assert.Equal(
            [
                "critical test.jsonl has no verdict: run ev-1 ended as Failed (model_unreachable)",
                "supporting long-tail.jsonl fails, so a person decides",
            ],
            SuiteVerdict.Decide(entries).Rules.Select(rule => rule.Reason)
        );
        Assert.Equal(
            ["advisory style.jsonl has no verdict: there is no dataset of this name. It is advisory and does not decide."],
            SuiteVerdict.FindWarnings(entries)
        );
    }
}
