using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Scoring.Candidates;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Results;

/// <summary>A candidate's line of one number.</summary>
/// <param name="Run">The candidate's run.</param>
/// <param name="Line">Its number.</param>
internal sealed record CandidateLine(CandidateRun Run, MetricValue Line)
{
    /// <summary>The number's replicates, or why there are none.</summary>
    public ReplicatedNumber Kept { get; } =
        Run.Replicates?.Find(Line.Name, Line.Slice) ?? ReplicatedNumber.None(UndefinedReason.NotRequested);

    /// <summary>The p-value that a gate looks at.</summary>
    public double? PValue => Line.Slice == MetricReport.AllSamples ? Line.PValue : Line.AdjustedPValue;

    /// <summary>Whether the replicates differ.</summary>
    public bool Varies => Kept.Basis.Missing == UndefinedReason.None && BootstrapInterval.Vary(Kept.Number.Value, Kept.Basis.Replicates);
}

/// <summary>Compares one number of several candidates with the baseline's and with the best candidate's.</summary>
/// <param name="candidates">The candidates that have the number.</param>
/// <param name="intervals">The level of the intervals, and the replicates behind them.</param>
/// <param name="tried">How many candidates were tried.</param>
internal sealed class NumberAmongCandidates(IReadOnlyList<CandidateLine> candidates, IntervalSpec intervals, int tried)
{
    private const string NotCompared = "not_compared";
    private const string NoOtherCandidate = "no_other_candidate";

    private double Error => 1 - intervals.Level;

    /// <summary>The number of each candidate.</summary>
    public IReadOnlyList<CandidateNumber> Compare()
    {
        var (differences, best) = (DifferenceIntervals(), BesideBest());
        var (adjusted, deciding) = (Holm(line => line.PValue), Holm(line => line.Line.AdjustedPValue ?? line.Line.PValue));
        return
        [
            .. candidates.Select(
                (candidate, i) =>
                {
                    var line = candidate.Line;
                    var isCompared = candidate.Run.NotCompared is null;
                    var bounds = candidate.Run.Bounds.GetValueOrDefault((line.Name, line.Slice));
                    return new CandidateNumber
                    {
                        Model = candidate.Run.Model,
                        Value = line.Value,
                        Lower = bounds.Lower,
                        Upper = bounds.Upper,
                        Samples = line.Samples,
                        Difference = line.Difference,
                        DifferenceLower = differences[i].FiniteLower,
                        DifferenceUpper = differences[i].FiniteUpper,
                        NoDifferenceInterval =
                            line.Difference is null || differences[i].Missing == UndefinedReason.None ? null
                            : isCompared ? MetricValues.NameOf(differences[i].Missing)
                            : NotCompared,
                        PValue = candidate.PValue,
                        AdjustedPValue = adjusted[i],
                        PValueIsBound = candidate.PValue is { } p && PValueText.IsBound(p, line.Test, intervals.Replicates) ? true : null,
                        Reading = isCompared && line.Kind == MetricKind.Headline ? Read(line, deciding[i]) : null,
                        BestLower = best[i].Lower,
                        BestUpper = best[i].Upper,
                        IsBest = best[i].IsBest,
                        MayBeBest = best[i].MayBeBest,
                        NoBest = best[i].Missing,
                    };
                }
            ),
        ];
    }

    /// <summary>
    /// The interval of each difference from the baseline, each by the method of the candidate's own run, at a level at which all hold
    /// together. A candidate whose replicates do not vary, or that has none, takes its share of the error, as Bonferroni's correction does;
    /// the others together take the rest. No interval is narrower than the candidate's own.
    /// </summary>
    private Interval[] DifferenceIntervals()
    {
        var varying = candidates.Where(candidate => candidate.Varies).Select(candidate => candidate.Kept.Number.Replicates!).ToList();
        var share = Error / tried;
        var level = tried == 1 ? intervals.Level : 1 - MaxT.TwoSided(varying, varying.Count * share);
        return
        [
            .. candidates.Select(candidate =>
                candidate.Kept.DifferenceAt is { } at
                    ? NoNarrower(at(candidate.Varies || tried == 1 ? level : 1 - share), candidate.Line)
                    : Interval.None(UndefinedReason.NotRequested)
            ),
        ];
    }

    private static Interval NoNarrower(Interval interval, MetricValue own) =>
        interval with
        {
            Lower = own.DifferenceLower is { } lower ? Math.Min(lower, interval.Lower) : interval.Lower,
            Upper = own.DifferenceUpper is { } upper ? Math.Max(upper, interval.Upper) : interval.Upper,
        };

    /// <summary>Each candidate beside the best of the others: by differences from the baseline, or by values where there is none.</summary>
    private AmongBest[] BesideBest()
    {
        var compared = Enumerable.Range(0, candidates.Count).Where(i => candidates[i].Kept.Basis.Missing == UndefinedReason.None).ToList();
        var places = candidates
            .Select(candidate => new AmongBest(
                candidate.Run.NotCompared is not null ? NotCompared
                : candidate.Kept.Basis.Missing != UndefinedReason.None ? MetricValues.NameOf(candidate.Kept.Basis.Missing)
                : NoOtherCandidate
            ))
            .ToArray();
        if (compared.Count < 2)
        {
            return places;
        }

        var definition = candidates[compared[0]].Kept.Number.Definition;
        var beside = ComparisonWithBest.Compare(
            [.. compared.Select(i => Gain(candidates[i].Kept, definition.HigherIsBetter ? 1 : -1))],
            definition.Maximum - definition.Minimum,
            Error,
            tried
        );
        foreach (var (i, place) in compared.Zip(beside))
        {
            places[i] = AmongBest.From(place, definition.HigherIsBetter);
        }

        return places;
    }

    private static ReplicatedEstimate Gain(ReplicatedNumber kept, int sign) =>
        new(
            sign * kept.Number.Value,
            sign > 0 ? kept.Number.Replicates! : Array.ConvertAll(kept.Number.Replicates!, replicate => -replicate),
            kept.Basis.Spread,
            kept.Basis.Independent
        );

    /// <summary>Holm's correction over all candidates that were tried. One without a p-value counts as one of p = 1.</summary>
    private double?[] Holm(Func<CandidateLine, double?> pValue)
    {
        var family = candidates
            .Select(candidate => candidate.Run.NotCompared is null ? pValue(candidate) : null)
            .Concat(Enumerable.Repeat<double?>(null, tried - candidates.Count))
            .ToList();
        var adjusted = Statistics.Holm.Adjust([.. family.Select(p => p ?? 1)]);
        return [.. candidates.Select((_, i) => family[i] is null ? (double?)null : adjusted[i])];
    }

    private static MetricReading? Read(MetricValue line, double? p) => p is { } known ? MetricReadings.Read(line, known) : null;

    /// <summary>One candidate's place beside the best of the others; only the reason where it is not compared.</summary>
    private readonly record struct AmongBest(
        string? Missing,
        double? Lower = null,
        double? Upper = null,
        bool? IsBest = null,
        bool? MayBeBest = null
    )
    {
        /// <summary>The place in the number's own direction: where less is better, better than the best is below 0.</summary>
        public static AmongBest From(BesideBest place, bool higherIsBetter)
        {
            var (lower, upper) = higherIsBetter ? (place.Lower, place.Upper) : (0 - place.Upper, 0 - place.Lower);
            return new AmongBest(null, Finite(lower), Finite(upper), place.IsBest, place.MayBeBest);
        }

        private static double? Finite(double bound) => double.IsFinite(bound) ? bound : null;
    }
}
