namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>Scores of predicted probabilities, as scikit-learn 1.2 computes them.</summary>
public static class ProbabilityScores
{
    // The spacing of doubles at 1: what scikit-learn 1.2 clips double probabilities to.
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>
    /// Log loss in nats: the mean −ln of the probability of the true class, probabilities being clipped away from 0 and 1 and each row
    /// then scaled to sum 1. NaN for no samples.
    /// </summary>
    /// <param name="probabilities">A row of class probabilities per sample.</param>
    /// <param name="actual">The true class of each sample, by index.</param>
    public static double LogLoss(IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<int> actual)
    {
        Require(probabilities, actual);
        var sum = 0.0;
        for (var i = 0; i < actual.Count; i++)
        {
            var total = probabilities[i].Sum(Clip);
            sum -= Math.Log(Clip(probabilities[i][actual[i]]) / total);
        }

        return sum / actual.Count;
    }

    /// <summary>The Brier score of a binary outcome: the mean of (p − y)², 0–1 (Brier, Monthly Weather Review 78, 1950). NaN for no samples.</summary>
    /// <param name="positive">Probability of the positive class, by sample.</param>
    /// <param name="actual">Whether each sample is positive.</param>
    public static double Brier(IReadOnlyList<double> positive, IReadOnlyList<bool> actual)
    {
        Require(positive, actual);
        return positive.Zip(actual, (p, y) => (p - (y ? 1 : 0)) * (p - (y ? 1 : 0))).Sum() / actual.Count;
    }

    /// <summary>The multi-class Brier score: the mean over samples of the sum over classes of (p − y)², 0–2. NaN for no samples.</summary>
    /// <inheritdoc cref="LogLoss"/>
    public static double BrierSum(IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<int> actual)
    {
        Require(probabilities, actual);
        return probabilities.Zip(actual, SquaredError).Sum() / actual.Count;
    }

    /// <summary>The share of samples whose true class is among the k most probable; of equally probable classes the later comes first. NaN for no samples.</summary>
    /// <param name="probabilities">A row of class probabilities per sample.</param>
    /// <param name="actual">The true class of each sample, by index.</param>
    /// <param name="k">How many classes count.</param>
    public static double TopKAccuracy(IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<int> actual, int k)
    {
        Require(probabilities, actual);
        var hits = 0;
        for (var i = 0; i < actual.Count; i++)
        {
            var row = probabilities[i];
            var own = row[actual[i]];
            var ahead = row.Where((p, label) => p > own || (p == own && label > actual[i])).Count();
            hits += ahead < k ? 1 : 0;
        }

        return (double)hits / actual.Count;
    }

    /// <summary>
    /// Area under the ROC curve: the share of pairs of a positive and a negative sample that the score puts in order, ties counting
    /// half (Hanley and McNeil, Radiology 143, 1982). NaN unless both kinds occur.
    /// </summary>
    /// <param name="scores">The higher, the more positive.</param>
    /// <param name="actual">Whether each sample is positive.</param>
    public static double RocAuc(IReadOnlyList<double> scores, IReadOnlyList<bool> actual)
    {
        Require(scores, actual);

        // Twice the mid-rank sum of the positives keeps to integers.
        long doubledRanks = 0, positives = 0, before = 0;
        foreach (var tie in scores.Zip(actual).GroupBy(pair => pair.First).OrderBy(group => group.Key))
        {
            long count = tie.LongCount(), hits = tie.LongCount(pair => pair.Second);
            doubledRanks += hits * ((2 * before) + count + 1);
            positives += hits;
            before += count;
        }

        var negatives = before - positives;
        return (doubledRanks - (positives * (positives + 1))) / (2.0 * positives * negatives);
    }

    /// <summary>Mean of each class's AUC against all others. NaN when a class does not occur, or nothing else does.</summary>
    /// <param name="probabilities">A row of class probabilities per sample.</param>
    /// <param name="actual">The true class of each sample, by index.</param>
    /// <param name="weighted">Whether classes weigh by their occurrences instead of alike.</param>
    public static double RocAucOneVersusRest(IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<int> actual, bool weighted)
    {
        Require(probabilities, actual);
        double sum = 0, weights = 0;
        for (var label = 0; label < (probabilities.Count == 0 ? 0 : probabilities[0].Count); label++)
        {
            var isLabel = actual.Select(y => y == label).ToList();
            double weight = weighted ? isLabel.Count(y => y) : 1;
            sum += weight * RocAuc([.. probabilities.Select(row => row[label])], isLabel);
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Mean over pairs of occurring classes of the two AUCs of one against the other (Hand and Till, Machine Learning 45, 2001). NaN for fewer than two classes.</summary>
    /// <inheritdoc cref="LogLoss"/>
    public static double RocAucOneVersusOne(IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<int> actual)
    {
        Require(probabilities, actual);
        var labels = actual.Distinct().Order().ToList();
        double sum = 0;
        var pairs = 0;
        foreach (var first in labels)
        {
            foreach (var second in labels.Where(label => label > first))
            {
                var rows = Enumerable.Range(0, actual.Count).Where(i => actual[i] == first || actual[i] == second).ToList();
                sum += RocAuc([.. rows.Select(i => probabilities[i][first])], [.. rows.Select(i => actual[i] == first)]) / 2;
                sum += RocAuc([.. rows.Select(i => probabilities[i][second])], [.. rows.Select(i => actual[i] == second)]) / 2;
                pairs++;
            }
        }

        return sum / pairs;
    }

    /// <summary>Average precision: Σ (R_n − R_{n−1}) P_n over the distinct scores from the highest down, without interpolation; 0 when no sample is positive. NaN for no samples.</summary>
    /// <inheritdoc cref="RocAuc"/>
    public static double AveragePrecision(IReadOnlyList<double> scores, IReadOnlyList<bool> actual)
    {
        Require(scores, actual);
        if (actual.Count == 0)
        {
            return double.NaN;
        }

        long positives = actual.LongCount(y => y), hits = 0, retrieved = 0;
        var sum = 0.0;
        foreach (var tie in scores.Zip(actual).GroupBy(pair => pair.First).OrderByDescending(group => group.Key))
        {
            long found = tie.LongCount(pair => pair.Second);
            hits += found;
            retrieved += tie.LongCount();
            sum += found == 0 ? 0 : (double)found / positives * hits / retrieved;
        }

        return sum;
    }

    /// <summary>Σ over classes of (p − y)².</summary>
    internal static double SquaredError(IReadOnlyList<double> probabilities, int actual) =>
        probabilities.Select((p, label) => (p - (label == actual ? 1 : 0)) * (p - (label == actual ? 1 : 0))).Sum();

    private static double Clip(double probability) => Math.Clamp(probability, Epsilon, 1 - Epsilon);

    private static void Require<TPrediction, TActual>(IReadOnlyList<TPrediction> predictions, IReadOnlyList<TActual> actual)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(actual);
        if (predictions.Count != actual.Count)
        {
            throw new ArgumentException($"{predictions.Count} predictions but {actual.Count} true values.", nameof(actual));
        }
    }
}
