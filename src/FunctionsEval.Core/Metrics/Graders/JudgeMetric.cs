using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>A judge's grades of the answers: the share that passed and the share of each label, or the mean score.</summary>
internal sealed class JudgeMetric(RubricSpec judge) : GradedMetric(judge)
{
    // With labels: passed, then each label. With scores: the score's whole and its rest.
    private const int Passed = FirstOwn;
    private const int FirstLabel = FirstOwn + 1;
    private const int Whole = FirstOwn;
    private const int Units = FirstOwn + 1;

    private bool HasLabels => judge.Labels.Count > 0;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("judge", MetricSubjects.Answer, Create)
        {
            ReadsAnswer = false,
            NeedsReferenceWith = ShowsReference,
            Numbers =
            [
                new("judge_score", MetricUnit.Plain, "Judge's score"),
                new("judge_pass_rate", MetricUnit.Share, "Judge's pass rate"),
                new("judge_rate", MetricUnit.Share, "Judge's label"),
            ],
        };

    /// <summary>Whether the judge is shown a reference: the default rubric does, another one by naming it.</summary>
    private static bool ShowsReference(MetricSpec spec) =>
        !spec.Options.TryGetValue("rubric", out var rubric)
        || rubric.ValueKind != JsonValueKind.String
        || SampleContent.NamesAny(rubric.GetString()!, ["reference", "references"]);

    private static JudgeMetric Create(OptionReader options, MetricContext context)
    {
        var labels = options.Texts("labels") ?? [];
        var scale = ReadScale(options, labels);
        var pass = options.Texts("pass") ?? [.. labels.Take(1)];
        foreach (var label in pass.Where(label => !labels.Contains(label, StringComparer.Ordinal)))
        {
            throw new OptionException($"{options.Path}.pass", NearestName.Unknown("label of this judge", label, labels));
        }

        var rubric = RubricOption.Read(options, () => DefaultRubric.Create(labels, scale));
        return new JudgeMetric(
            new RubricSpec($"{options.Text("prefix")}judge", ReadModel(options))
            {
                Place = options.PathOf("model"),
                Rubric = rubric,
                Labels = labels,
                Pass = pass,
                Lowest = scale?[0] ?? 0,
                Highest = scale?[1] ?? 0,
                MaxOutputTokens = options.Int("max_output_tokens", 256, 1, 100_000),
            }
        );
    }

    /// <summary>Lowest and highest score; null for a judge that gives labels.</summary>
    private static IReadOnlyList<double>? ReadScale(OptionReader options, IReadOnlyList<string> labels)
    {
        var scale = options.Numbers("scale");
        if (labels.Count > 0 == scale is not null)
        {
            throw options.Wrong(
                "scale",
                "or \"labels\" must be given, and not both: \"scale\": [1, 5] or \"labels\": [\"correct\", \"wrong\"]"
            );
        }

        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count || labels.Contains(""))
        {
            throw options.Wrong("labels", "must be texts, each once");
        }

        return scale is null || (scale is [>= -1e6, <= 1e6] && scale[0] < scale[1])
            ? scale
            : throw options.Wrong("scale", "must be the lowest and the highest score, from -1000000 to 1000000, for example [1, 5]");
    }

    /// <inheritdoc/>
    public override string Name => "judge";

    /// <inheritdoc/>
    public override string Signature { get; } =
        FormattableString.Invariant(
            $"model:{judge.Model}|rubric:{SignatureHash.From(judge.Rubric)}|{(judge.Labels.Count > 0 ? $"labels:{judge.Labels.Count}" : $"scale:{judge.Lowest}-{judge.Highest}")}"
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
                .Prepend(new MetricValueDefinition("judge_pass_rate", IsProportion: true) { SuccessIndex = Passed })
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
