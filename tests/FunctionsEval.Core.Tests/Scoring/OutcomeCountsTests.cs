using System.Text.Json;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Scoring;

public sealed class OutcomeCountsTests
{
    public static TheoryData<Outcome> Outcomes => new(Enum.GetValues<Outcome>());

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void With_each_outcome_is_counted_apart(Outcome outcome)
    {
        var counts = new OutcomeCounts().With(outcome).With(outcome, 2);
        Assert.Equal(3, counts.Total);
        Assert.All(Enum.GetValues<Outcome>(), other => Assert.Equal(other == outcome ? 3 : 0, counts[other]));
        Assert.Equal(6, (counts + counts)[outcome]);
    }

    [Fact]
    public void Coverage_counts_unparsable_and_is_a_share_of_all_rows() =>
        Assert.Equal(
            0.75,
            new OutcomeCounts
            {
                Scored = 2,
                Unparsable = 1,
                MalformedSample = 1,
            }.Coverage
        );

    [Fact]
    public void Coverage_of_nothing_is_undefined() => Assert.True(double.IsNaN(new OutcomeCounts().Coverage));

    [Fact]
    public void Json_keeps_the_counts_and_nothing_derived()
    {
        var counts = new OutcomeCounts { Scored = 2, TimedOut = 1 };
        var json = JsonSerializer.Serialize(counts);
        Assert.Equal(counts, JsonSerializer.Deserialize<OutcomeCounts>(json));
        Assert.DoesNotContain("Coverage", json, StringComparison.Ordinal);
    }
}
