using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Counts what found samples have in common.</summary>
internal static class SampleFacetCounts
{
    /// <summary>Values of a field that are listed.</summary>
    private const int MaxListed = 500;

    /// <summary>Counts them.</summary>
    public static SampleFacets Count(SampleIndex index, FoundSamples found)
    {
        var marks = index.Marks;
        var hasBaseline = index.BaselineOutcomes.AsSpan().ContainsAnyExcept(SampleIndex.NoAnswer);
        var correct = new AnswerCounts(
            Samples(row => SampleMarks.CandidateOf(marks[row]) == true),
            Samples(row => SampleMarks.CandidateOf(marks[row]) == false),
            Samples(row => SampleMarks.BaselineOf(marks[row]) == true),
            Samples(row => SampleMarks.BaselineOf(marks[row]) == false)
        );
        return new SampleFacets
        {
            RunId = index.File.RunId,
            Total = found.Rows.Length,
            Of = index.SamplesOfRun,
            Labels = CountValues(index.Labels, found.Rows),
            Predictions = CountValues(index.Predictions, found.Rows),
            BaselinePredictions = hasBaseline ? CountValues(index.BaselinePredictions, found.Rows) : null,
            Tags = index.Tags.ToDictionary(tag => tag.Key, tag => CountValues(tag.Value, found.Rows), StringComparer.Ordinal),
            Outcomes = CountOutcomes(index, found.Rows),
            FinishReasons = CountReasons(index, found.Rows),
            Correct = correct == new AnswerCounts(0, 0, 0, 0) ? null : correct,
            Flips = hasBaseline
                ? new FlipCounts(
                    Samples(row => SampleMarks.FlipOf(marks[row]) == Flip.Gained),
                    Samples(row => SampleMarks.FlipOf(marks[row]) == Flip.Lost)
                )
                : null,
            Metrics = [.. index.Numbers.Select(number => new SortMetric(number.Name, number.HigherIsBetter))],
            Notes = found.Notes.Count > 0 ? found.Notes : null,
        };

        long Samples(Func<int, bool> matches) => found.Rows.LongCount(matches);
    }

    private static FacetValues CountValues(ValueColumn column, int[] rows)
    {
        var counts = CountNumbers(column, rows);
        var listed = column
            .Values.Select((value, index) => new FacetValue(value, counts[index + ValueColumn.First]))
            .Where(value => value.Samples > 0)
            .OrderByDescending(value => value.Samples)
            .ThenBy(value => value.Value, StringComparer.Ordinal)
            .ToList();
        return new FacetValues([.. listed.Take(MaxListed)], counts[ValueColumn.Other] + listed.Skip(MaxListed).Sum(value => value.Samples));
    }

    private static long[] CountNumbers(ValueColumn column, int[] rows)
    {
        var counts = new long[column.Values.Count + ValueColumn.First];
        foreach (var row in rows)
        {
            column.Count(row, counts);
        }

        return counts;
    }

    private static List<OutcomeFacet> CountOutcomes(SampleIndex index, int[] rows)
    {
        var (candidate, baseline) = (new long[byte.MaxValue + 1], new long[byte.MaxValue + 1]);
        foreach (var row in rows)
        {
            candidate[index.CandidateOutcomes[row]]++;
            baseline[index.BaselineOutcomes[row]]++;
        }

        return
        [
            .. OutcomeNames
                .All.Select(outcome => new OutcomeFacet(outcome.Key, candidate[(byte)outcome.Value], baseline[(byte)outcome.Value]))
                .Where(outcome => outcome.Candidate + outcome.Baseline > 0),
        ];
    }

    private static List<FinishReasonFacet> CountReasons(SampleIndex index, int[] rows)
    {
        var candidate = CountNumbers(index.FinishReasons, rows);
        var baseline = CountNumbers(index.BaselineFinishReasons, rows);
        return
        [
            .. index
                .FinishReasons.Values.Union(index.BaselineFinishReasons.Values, StringComparer.Ordinal)
                .Select(reason => new FinishReasonFacet(
                    reason,
                    CountOf(index.FinishReasons, candidate, reason),
                    CountOf(index.BaselineFinishReasons, baseline, reason)
                ))
                .Where(reason => reason.Candidate + reason.Baseline > 0)
                .OrderByDescending(reason => reason.Candidate + reason.Baseline)
                .ThenBy(reason => reason.Reason, StringComparer.Ordinal),
        ];
    }

    private static long CountOf(ValueColumn column, long[] counts, string value) =>
        column.Find(value) is var number and not ValueColumn.Other ? counts[number] : 0;
}
