using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>
/// A metric of a grader's grades. Answers that could not be graded are counted apart (<see cref="GradeCoverageMetric"/>)
/// and never taken for 0.
/// </summary>
internal abstract class GradedMetric(GraderSpec grader) : Metric
{
    /// <summary>Word of the answers that have a grade.</summary>
    protected const int Graded = 0;

    /// <summary>The first word of the metric's own.</summary>
    protected const int FirstOwn = 1;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<GraderSpec> Graders { get; } = [grader];

    /// <inheritdoc/>
    public sealed override Metric? Coverage =>
        new GradeCoverageMetric(this, grader is JudgeSpec, sample => sample.Grades?.GetValueOrDefault(grader.Name)?.Outcome);

    /// <inheritdoc/>
    public sealed override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.Grades?.GetValueOrDefault(grader.Name) is { Outcome: GradeOutcome.Graded } grade)
        {
            statistic[Graded] = 1;
            MeasureGrade(grade, statistic);
        }
    }

    /// <inheritdoc/>
    public sealed override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Graded] != 0;

    /// <inheritdoc/>
    public sealed override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Graded];

    /// <summary>The option that names the configured model that grades.</summary>
    protected static string ReadModel(OptionReader options) =>
        options.Text("model") is { Length: > 0 } model
            ? model
            : throw options.Wrong("model", "is missing: the name of the configured model that grades");

    /// <summary>Writes the words from <see cref="FirstOwn"/> on.</summary>
    protected abstract void MeasureGrade(Grade grade, Span<long> statistic);
}
