using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>The headline numbers of one model.</summary>
/// <param name="facts">What the run found.</param>
/// <param name="verdict">What the gate says of the model, one result a rule; null without one.</param>
internal sealed class HeadlineNumbers(OverviewFacts facts, Verdict? verdict)
{
    /// <summary>Numbers that are the same where every answer is a label of the closed list.</summary>
    private static readonly string[] SameAsAccuracy = ["accuracy", "f1_micro", "precision_micro", "recall_micro"];

    /// <summary>The numbers, each said once.</summary>
    /// <param name="lines">The model's numbers.</param>
    public IReadOnlyList<HeadlineNumber> From(IReadOnlyList<MetricValue> lines)
    {
        var byName = lines.GroupBy(line => (line.Name, line.Slice)).ToDictionary(same => same.Key, same => same.First());
        List<HeadlineNumber> numbers = [];
        foreach (var key in facts.HeadlineOf(lines))
        {
            var line = byName[key];
            if (numbers.FindIndex(said => said.Slice == line.Slice && AreSame(byName[(said.Name, said.Slice)], line)) is var twin and >= 0)
            {
                var (bound, margin) = AskedOf(key, byName[(numbers[twin].Name, numbers[twin].Slice)]);
                numbers[twin] = WithAxis(
                    numbers[twin] with
                    {
                        Bound = numbers[twin].Bound ?? bound,
                        Margin = numbers[twin].Margin ?? margin,
                    }
                );
            }
            else
            {
                numbers.Add(WithAxis(From(line, lines)));
            }
        }

        return [.. numbers.Take(RunOverview.MaxHeadline)];
    }

    private HeadlineNumber From(MetricValue line, IReadOnlyList<MetricValue> lines)
    {
        var words = MetricWords.Find(line.Name);
        var text = facts.TextOf(words);
        var (bound, margin) = AskedOf((line.Name, line.Slice), line);
        double[] apart = bound is null ? [] : [bound.Value];
        var baseline = facts.FindBaseline(line);
        var number = new HeadlineNumber
        {
            Name = line.Name,
            Slice = line.Slice,
            Label = words.In(line.Slice),
            Unit = words.Unit,
            HigherIsBetter = line.HigherIsBetter,
            Samples = line.Samples,
            Sentence = "",
            Candidate = FigureTexts.Figure(text, line, apart),
            Baseline = baseline is null ? null : FigureTexts.Figure(text, baseline),
            Difference = FigureTexts.Difference(text, line),
            Previous = PreviousOf(line, text),
            Bound = bound,
            Margin = margin,
            SameAs = SameAs(line, lines),
            NoInterval = line.NoInterval is { } none ? FigureTexts.Words(none) : null,
        };
        return number with { Sentence = HeadlineSentence.From(number, text, facts.BaselineName) };
    }

    private PreviousFigure? PreviousOf(MetricValue line, NumberText text)
    {
        var number = facts.Summary.Previous?.Headline.FirstOrDefault(known => known.Name == line.Name && known.Slice == line.Slice);
        return number is null
            ? null
            : new PreviousFigure(
                number.Left,
                FigureTexts.Figure(text, number.Left, line.Lower, line.Upper).Text,
                FigureTexts.Difference(text, number)
            );
    }

    /// <summary>The bound and the margin that the gate sets on a number; null for none.</summary>
    private (HeadlineBound? Bound, HeadlineBound? Margin) AskedOf((string Name, string Slice) key, MetricValue line)
    {
        HeadlineBound? bound = null;
        HeadlineBound? margin = null;
        var text = facts.TextOf(MetricWords.Find(line.Name));
        foreach (var (index, rule) in facts.Rules.Index())
        {
            if (rule is not MetricRule of || (of.Metric, of.Slice ?? SliceNames.All) != key)
            {
                continue;
            }

            var result = OverviewFacts.ResultOf(verdict, index, facts.Rules.Count);
            bound ??= rule switch
            {
                MinimumRule minimum => Bound(minimum.Minimum, $"at least {text.Bound(minimum.Minimum)}", result),
                MaximumRule maximum => Bound(maximum.Maximum, $"at most {text.Bound(maximum.Maximum)}", result),
                LowerBoundRule lower => Bound(
                    lower.LowerBoundAtLeast,
                    $"at least {text.Bound(lower.LowerBoundAtLeast)} by the whole interval",
                    result
                ),
                _ => null,
            };
            margin ??= rule switch
            {
                NotWorseThanBaselineRule worse => Margin(worse.NotWorseThanBaselineBy, "at most {0} worse than {1}", line, result),
                EquivalentToBaselineRule equal => Margin(equal.EquivalentToBaselineWithin, "within ±{0} of {1}", line, result),
                _ => null,
            };
        }

        return (bound, margin);
    }

    private static HeadlineBound Bound(double value, string text, VerdictResult? result) => new(value, text, result) { Limit = value };

    private HeadlineBound Margin(double margin, string words, MetricValue line, VerdictResult? result)
    {
        var text = facts.TextOf(MetricWords.Find(line.Name)).Margin(margin);
        return new HeadlineBound(
            margin,
            string.Format(System.Globalization.CultureInfo.InvariantCulture, words, text, facts.BaselineName ?? "the baseline"),
            result
        )
        {
            Limit = facts.FindBaseline(line)?.Value is { } baseline ? baseline + (line.HigherIsBetter ? -margin : margin) : null,
        };
    }

    /// <summary>Other numbers of the run that say the same.</summary>
    private static string[]? SameAs(MetricValue line, IReadOnlyList<MetricValue> lines)
    {
        string[] same =
        [
            .. lines
                .Where(other => other.Name != line.Name && other.Slice == line.Slice && AreSame(line, other))
                .Select(other => other.Name),
        ];
        return same.Length > 0 ? same : null;
    }

    private static bool AreSame(MetricValue left, MetricValue right) =>
        SameAsAccuracy.Contains(left.Name)
        && SameAsAccuracy.Contains(right.Name)
        && left.Value is { } value
        && right.Value is { } other
        && Math.Abs(value - other) < 1e-12
        && Math.Abs((left.Difference ?? 0) - (right.Difference ?? 0)) < 1e-12;

    private HeadlineNumber WithAxis(HeadlineNumber number) =>
        number with
        {
            Axis = AxisScale.Create(PlacesOf(number), number.Unit, new NumberText(number.Unit, facts.Currency)),
        };

    /// <summary>Everything of a number that is drawn on its axis.</summary>
    internal static IEnumerable<double?> PlacesOf(HeadlineNumber number) =>
        [
            number.Candidate.Value,
            number.Candidate.Lower,
            number.Candidate.Upper,
            number.Baseline?.Value,
            number.Baseline?.Lower,
            number.Baseline?.Upper,
            number.Previous?.Value,
            number.Bound?.Limit,
            number.Margin?.Limit,
        ];
}
