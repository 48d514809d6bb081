using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>What a judge says of the answers: the share that passed and of each label, or the mean score.</summary>
internal sealed class JudgeMetric(JudgeSpec judge) : GradedMetric(judge)
{
    // With labels: passed, then each label. With scores: the score's whole and its rest.
    private const int Passed = FirstOwn;
    private const int FirstLabel = FirstOwn + 1;
    private const int Whole = FirstOwn;
    private const int Units = FirstOwn + 1;

    private bool HasLabels => judge.Labels.Count > 0;

    /// <inheritdoc/>
    public override string Name => "judge";

    /// <inheritdoc/>
    public override string Signature { get; } =
        FormattableString.Invariant(
            $"model:{judge.Model}|rubric:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(judge.Rubric)))[..12]}|{(judge.Labels.Count > 0 ? $"labels:{judge.Labels.Count}" : $"scale:{judge.Lowest}-{judge.Highest}")}"
        );

    /// <inheritdoc/>
    public override string SumKey => $"judge|{judge.Name}|{Signature}";

    /// <inheritdoc/>
    public override int StatisticLength => HasLabels ? FirstLabel + judge.Labels.Count : Units + 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        .. judge.Labels.Count > 0
            ? judge
                .Labels.Select(label => new MetricValueDefinition($"judge_rate[{label}]"))
                .Prepend(new MetricValueDefinition("judge_pass_rate", IsProportion: true) { HitWord = Passed })
            : [new MetricValueDefinition("judge_score") { Minimum = judge.Lowest, Maximum = judge.Highest }],
    ];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        if (HasLabels)
        {
            values[0] = (double)sums[Passed] / sums[Graded];
            for (var label = 0; label < judge.Labels.Count; label++)
            {
                values[1 + label] = (double)sums[FirstLabel + label] / sums[Graded];
            }
        }
        else
        {
            values[0] = FixedPoint.Join(sums[Whole], sums[Units]) / sums[Graded];
        }
    }

    /// <inheritdoc/>
    protected override void MeasureGrade(Grade grade, Span<long> statistic)
    {
        if (HasLabels)
        {
            statistic[Passed] = judge.Pass.Contains(grade.Label, StringComparer.Ordinal) ? 1 : 0;
            statistic[FirstLabel + judge.Labels.Index().First(label => label.Item == grade.Label).Index] = 1;
        }
        else
        {
            (statistic[Whole], statistic[Units]) = FixedPoint.Split(grade.Score!.Value);
        }
    }
}
