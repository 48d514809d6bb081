using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Oracle: counted by hand.</summary>
public sealed class OutcomeReasonsTests
{
    [Fact]
    public void Reasons_are_counted_by_code_with_the_first_of_each_whatever_the_order()
    {
        EvaluatedSample[] rows =
        [
            Row(1, Outcome.Scored, null),
            Row(2, Outcome.Rejected, "late: second"),
            Row(3, Outcome.Rejected, "early: first"),
            Row(4, Outcome.Rejected, "late: fourth"),
            Row(5, Outcome.MalformedSample, "invalid_json: not JSON"),
            Row(6, Outcome.Unparsable, "not_a_label"),
        ];

        foreach (var order in new[] { rows, rows.Reverse() })
        {
            var reasons = Count(order);

            Assert.Equal(new OutcomeReason(Outcome.Rejected, "late", 2, 2, "late: second"), reasons.MostFrequent(Outcome.Rejected));
            Assert.Equal(5, reasons.First(Outcome.MalformedSample)!.Line);
            Assert.Null(reasons.MostFrequent(Outcome.Unparsable));
            Assert.Null(reasons.First(Outcome.Exhausted));
            Assert.Equal(["late", "early", "invalid_json"], reasons.ToList().Select(reason => reason.Code));
        }
    }

    [Fact]
    public void Shards_add_up_to_the_whole_with_lines_of_the_dataset()
    {
        var whole = Count([Row(1, Outcome.Rejected, "a: one"), Row(2, Outcome.Rejected, "b: two"), Row(12, Outcome.Rejected, "b: three")]);
        var added = new OutcomeReasons();
        added.Add(Count([Row(1, Outcome.Rejected, "a: one"), Row(2, Outcome.Rejected, "b: two")]).ToList());
        added.Add(Count([Row(2, Outcome.Rejected, "b: three")]).ToList(), linesBefore: 10);

        Assert.Equal(whole.ToList(), added.ToList());
    }

    [Fact]
    public void Endpoint_that_gives_each_sample_a_code_of_its_own_does_not_make_the_list_grow()
    {
        var reasons = Count(
            Enumerable
                .Range(1, 1000)
                .Select(line => Row(line, Outcome.Rejected, $"code{line}: no"))
                .Append(Row(2000, Outcome.Rejected, "code500: no"))
        );

        Assert.Equal(20, reasons.ToList().Count);
        Assert.Equal(("code500", 2), (reasons.ToList()[0].Code, reasons.ToList()[0].Count));
    }

    private static OutcomeReasons Count(IEnumerable<EvaluatedSample> rows)
    {
        var reasons = new OutcomeReasons();
        foreach (var row in rows)
        {
            reasons.Add(row);
        }

        return reasons;
    }

    private static EvaluatedSample Row(int line, Outcome outcome, string? reason) =>
        new()
        {
            Id = "s",
            Ordinal = line,
            Line = line,
            Offset = line,
            Outcome = outcome,
            Reason = reason,
        };
}
