using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>
/// A grader as Azure OpenAI and OpenAI define them: the mean of its scores, and the share of the answers that pass. The formula of a
/// <c>multi</c> is computed from the logged grades, so an answer is graded once whatever the formula.
/// </summary>
internal sealed class PlatformGraderMetric : Metric
{
    /// <summary>Scores beyond this are no grade, so that their sum stays exact.</summary>
    private const double MaxScore = 1e9;

    private const int Graded = 0;
    private const int Whole = 1;
    private const int Units = 2;
    private const int Passed = 3;
    private const int Missing = 4;
    private const int FirstExtra = 5;

    private readonly PlatformGrader _grader;
    private readonly IReadOnlyList<string> _labels;

    private PlatformGraderMetric(PlatformGrader grader)
    {
        _grader = grader;
        _labels = grader is { Formula: null, Parts: [{ Spec: JudgeSpec judge }] } ? judge.Labels : [];
        Graders = [.. grader.Parts.Select(part => part.Spec)];
        Values = [.. CreateValues()];
        var hash = SignatureHash.From(grader.Definition);
        Signature = string.Join('|', new[] { $"type:{grader.Type}", $"grader:{hash}" }.Concat(SourcesOf(grader)));
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("grader", MetricSubjects.Response, Create)
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers =
            [
                new("grader_score", MetricUnit.Plain, "Grader's score"),
                new("grader_pass_rate", MetricUnit.Share, "Grader's pass rate"),
                new("grader_missing_rate", MetricUnit.Share, "Not graded"),
                new("grader_rate", MetricUnit.Share, "Grader's label"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "grader";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override string SumKey => $"grader|{Graders[0].Name}|{Signature}|{_grader.PassThreshold}";

    /// <inheritdoc/>
    public override int StatisticLength => FirstExtra + _labels.Count + (_grader.Formula is null ? 0 : 2 * _grader.Parts.Count);

    /// <inheritdoc/>
    public override IReadOnlyList<GraderSpec> Graders { get; }

    /// <inheritdoc/>
    public override Metric? Coverage =>
        new GradeCoverageMetric(this, Graders.Any(grader => grader is JudgeSpec or HttpGraderSpec), sample => Grade(sample, out _, []));

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    private static PlatformGraderMetric Create(OptionReader options, MetricContext context)
    {
        if (options.Read("grader") is not { } grader)
        {
            throw options.Wrong("grader", "is missing: the grader as the platform has it, for example {\"type\": \"string_check\", …}");
        }

        var reader = new PlatformGraderReader(
            $"{options.Text("prefix")}grader",
            options.Text("model", canBeEmpty: false),
            options.Text("embeddings", canBeEmpty: false)
        );
        return new PlatformGraderMetric(reader.Read(new OptionReader(options.PathOf("grader"), grader)));
    }

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        Span<double> scores = stackalloc double[_grader.Parts.Count];
        if (Grade(sample, out var score, scores) != GradeOutcome.Graded)
        {
            return;
        }

        statistic[Graded] = 1;
        (statistic[Whole], statistic[Units]) = FixedPoint.Split(score);
        statistic[Passed] = Passes(score) ? 1 : 0;
        var grades = _grader.Parts.Select(part => sample.Grades![part.Spec.Name]).ToList();
        statistic[Missing] = grades.Exists(grade =>
            grade.Reason?.StartsWith(GradeReasons.MissingInAnswer, StringComparison.Ordinal) == true
        )
            ? 1
            : 0;
        for (var label = 0; label < _labels.Count; label++)
        {
            statistic[FirstExtra + label] = grades[0].Label == _labels[label] ? 1 : 0;
        }

        for (var part = 0; part < scores.Length && _grader.Formula is not null; part++)
        {
            (statistic[FirstExtra + (2 * part)], statistic[FirstExtra + 1 + (2 * part)]) = FixedPoint.Split(scores[part]);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var next = 0;
        values[next++] = FixedPoint.Join(sums[Whole], sums[Units]) / sums[Graded];
        if (_grader.HasPass)
        {
            values[next++] = (double)sums[Passed] / sums[Graded];
        }

        if (CanMissAnswer)
        {
            values[next++] = (double)sums[Missing] / sums[Graded];
        }

        for (var label = 0; label < _labels.Count; label++)
        {
            values[next++] = (double)sums[FirstExtra + label] / sums[Graded];
        }

        for (var part = 0; part < _grader.Parts.Count && _grader.Formula is not null; part++)
        {
            values[next++] = FixedPoint.Join(sums[FirstExtra + (2 * part)], sums[FirstExtra + 1 + (2 * part)]) / sums[Graded];
        }
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Graded] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Graded];

    private bool CanMissAnswer => _grader.Parts.Any(part => part.CanMissAnswer);

    /// <summary>Scores that are only 0 and 1 are proportions.</summary>
    private bool IsCheck => _grader is { Formula: null, Parts: [{ Spec: StringCheckSpec }] };

    private bool Passes(double score) => score >= (_grader.PassThreshold ?? 1);

    /// <summary>The outcome and the score of an answer.</summary>
    /// <param name="sample">The sample with its grades.</param>
    /// <param name="score">The score; NaN without one.</param>
    /// <param name="scores">Receives the scores of the parts, where it has room.</param>
    /// <returns>Null where the answer was not sent to every grader.</returns>
    private GradeOutcome? Grade(MetricSample sample, out double score, Span<double> scores)
    {
        score = double.NaN;
        var all = scores.Length > 0 ? scores : new double[_grader.Parts.Count];
        var outcome = GradeOutcome.Graded;
        for (var i = 0; i < all.Length; i++)
        {
            if (sample.Grades?.GetValueOrDefault(_grader.Parts[i].Spec.Name) is not { } grade)
            {
                return null;
            }

            if (grade.Outcome == GradeOutcome.Graded)
            {
                all[i] = _grader.Parts[i].ScoreOf(grade);
            }
            else if (outcome != GradeOutcome.NotGraded)
            {
                outcome = grade.Outcome;
            }
        }

        if (outcome != GradeOutcome.Graded)
        {
            return outcome;
        }

        score = _grader.Formula?.Evaluate(all) ?? all[0];
        return Math.Abs(score) <= MaxScore ? GradeOutcome.Graded : GradeOutcome.NotGraded;
    }

    private IEnumerable<MetricValueDefinition> CreateValues()
    {
        var range = _grader.Range;
        yield return IsCheck
            ? new MetricValueDefinition("grader_score", IsProportion: true) { SuccessIndex = Passed }
            : new MetricValueDefinition("grader_score") { Minimum = range.Lowest, Maximum = range.Highest };
        if (_grader.HasPass)
        {
            yield return new MetricValueDefinition("grader_pass_rate", IsProportion: true) { SuccessIndex = Passed };
        }

        if (CanMissAnswer)
        {
            yield return new MetricValueDefinition("grader_missing_rate", HigherIsBetter: false, IsProportion: true)
            {
                SuccessIndex = Missing,
            };
        }

        foreach (var label in _labels.Index())
        {
            yield return new MetricValueDefinition($"grader_rate[{label.Item}]", IsProportion: true)
            {
                SuccessIndex = FirstExtra + label.Index,
            };
        }

        foreach (var part in _grader.Formula is null ? [] : _grader.Parts)
        {
            yield return new MetricValueDefinition($"grader_score[{part.Key}]")
            {
                Minimum = part.Range.Lowest,
                Maximum = part.Range.Highest,
            };
        }
    }

    /// <summary>The models, endpoints and tools that the numbers come from.</summary>
    private static IEnumerable<string> SourcesOf(PlatformGrader grader) =>
        grader
            .Parts.Select(part =>
                part.Spec switch
                {
                    ModelGraderSpec asked => $"model:{asked.Model}",
                    HttpGraderSpec http => $"endpoint:{http.Endpoint}",
                    TextSimilaritySpec text => $"tool:{text.Tool}",
                    _ => "",
                }
            )
            .Where(source => source.Length > 0)
            .Distinct(StringComparer.Ordinal);
}
