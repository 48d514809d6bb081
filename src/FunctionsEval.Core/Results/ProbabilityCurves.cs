namespace FunctionsEval.Core.Results;

/// <summary>How well the probabilities of a label rank the samples: <c>GET /api/evaluations/{runId}/curves</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Label">The label whose probability ranks the samples.</param>
/// <param name="IsCut">Whether the run has more samples than are looked at.</param>
/// <param name="Curves">A curve of each role that has probabilities, and samples with and without the label.</param>
public sealed record ProbabilityCurves(string RunId, string Label, bool IsCut, IReadOnlyList<ProbabilityCurve> Curves);

/// <summary>The curves of one model.</summary>
public sealed record ProbabilityCurve
{
    /// <summary>One of <see cref="Scoring.Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Samples that have the label.</summary>
    public required long Positives { get; init; }

    /// <summary>Samples that do not have it.</summary>
    public required long Negatives { get; init; }

    /// <summary>Area under the ROC curve, ties counting half, 0–1; as scikit-learn's <c>roc_auc_score</c>.</summary>
    public required double RocAuc { get; init; }

    /// <summary>Σ (R_n − R_{n−1}) P_n, 0–1; as scikit-learn's <c>average_precision_score</c>.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>Points from the highest threshold down; between two of them others may be left out.</summary>
    public required IReadOnlyList<ProbabilityPoint> Points { get; init; }
}

/// <summary>What it is to take a sample for the label from a probability on.</summary>
/// <param name="Threshold">The probability.</param>
/// <param name="TruePositiveRate">Share of the samples with the label that have it or more: recall.</param>
/// <param name="FalsePositiveRate">Share of the samples without the label that have it or more.</param>
/// <param name="Precision">Share of the samples that have it or more which have the label.</param>
public sealed record ProbabilityPoint(double Threshold, double TruePositiveRate, double FalsePositiveRate, double Precision);

/// <summary>Collects the probabilities of a label and draws its curves.</summary>
public sealed class ProbabilityCurveBuilder
{
    /// <summary>Maximum number of points of a curve.</summary>
    public const int MaxPoints = 400;

    private readonly List<(double Score, bool IsPositive)> _samples = [];

    /// <summary>Adds a sample.</summary>
    /// <param name="probability">The label's probability.</param>
    /// <param name="isPositive">Whether the sample has the label.</param>
    public void Add(double probability, bool isPositive) => _samples.Add((probability, isPositive));

    /// <summary>The curves; null unless there are samples with the label and without it.</summary>
    /// <param name="role">The model's role.</param>
    public ProbabilityCurve? Finish(string role)
    {
        var positives = _samples.LongCount(sample => sample.IsPositive);
        var negatives = _samples.Count - positives;
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        _samples.Sort((left, right) => right.Score.CompareTo(left.Score));
        var points = new List<ProbabilityPoint>();
        double area = 0,
            average = 0;
        long right = 0,
            wrong = 0;
        for (var at = 0; at < _samples.Count; )
        {
            var (score, rightBefore, wrongBefore) = (_samples[at].Score, right, wrong);
            for (; at < _samples.Count && _samples[at].Score.Equals(score); at++)
            {
                right += _samples[at].IsPositive ? 1 : 0;
                wrong += _samples[at].IsPositive ? 0 : 1;
            }

            var precision = (double)right / (right + wrong);
            area += (double)(wrong - wrongBefore) * (right + rightBefore) / 2;
            average += (double)(right - rightBefore) / positives * precision;
            points.Add(new ProbabilityPoint(score, (double)right / positives, (double)wrong / negatives, precision));
        }

        return new ProbabilityCurve
        {
            Role = role,
            Positives = positives,
            Negatives = negatives,
            RocAuc = area / positives / negatives,
            AveragePrecision = average,
            Points = Thin(points),
        };
    }

    /// <summary>At most <see cref="MaxPoints"/> of the points, the first and the last among them.</summary>
    private static List<ProbabilityPoint> Thin(List<ProbabilityPoint> points) =>
        points.Count <= MaxPoints
            ? points
            : [.. Enumerable.Range(0, MaxPoints).Select(place => points[(int)((long)place * (points.Count - 1) / (MaxPoints - 1))])];
}
