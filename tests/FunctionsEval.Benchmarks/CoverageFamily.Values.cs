using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tasks.Regression;

namespace FunctionsEval.Benchmarks;

/// <content>Populations of sets of labels and of numbers.</content>
internal sealed partial class CoverageFamily
{
    /// <summary>
    /// Rows of two labels on average, some of none. Labels of a row are found or missed together more than by chance, and a label has a
    /// difficulty of its own.
    /// </summary>
    private static CoverageFamily LabelSets(string name, int count, bool isSkewed)
    {
        string[] labels = [.. Enumerable.Range(0, count).Select(label => $"l{label}")];
        var metrics = MetricCatalog.Create(
            MultiLabelTask.Instance,
            [Spec("multi_label_f1"), Spec("subset_accuracy"), Spec("hamming_loss"), Spec("jaccard")],
            new MetricSettings { Labels = labels }
        );
        return new CoverageFamily(name, metrics, Draw);

        IEnumerable<MetricSample[]> Draw(Random random)
        {
            var shares = Array.ConvertAll(labels, label => isSkewed ? 1.0 / (1 + Array.IndexOf(labels, label)) : 1);
            var scale = 2 / shares.Sum();
            var recalls = Array.ConvertAll(labels, _ => 0.75 + (0.2 * random.NextDouble()));
            while (true)
            {
                var ease = 0.3 * ((2 * random.NextDouble()) - 1);
                var isTrue = Array.ConvertAll(shares, share => random.NextDouble() < Math.Min(0.6, share * scale));
                yield return [Answer(0), Answer(0.03)];

                MetricSample Answer(double worse) =>
                    new()
                    {
                        References = [Write(isTrue)],
                        Prediction = Write([
                            .. isTrue.Select(
                                (isLabel, label) =>
                                    random.NextDouble()
                                    < (isLabel ? recalls[label] + ease - worse : shares[label] * scale * (0.15 - (0.3 * ease)))
                            ),
                        ]),
                    };
            }
        }

        string Write(bool[] chosen) => JsonSerializer.Serialize(labels.Zip(chosen).Where(pair => pair.Second).Select(pair => pair.First));
    }

    /// <summary>
    /// References and errors that are normal, rounded so that ties occur; skewed: both log-normal, so that a few large numbers dominate.
    /// </summary>
    private static CoverageFamily Numbers(string name, bool isSkewed)
    {
        MetricSpec[] specs =
        [
            .. new[] { "mae", "rmse", "mape", "r2", "pearson", "spearman", "kendall" }.Select(metric => Spec(metric)),
            Spec("within_tolerance", ("relative", 0.1)),
        ];
        return new CoverageFamily(name, MetricCatalog.Create(RegressionTask.Instance, specs, new MetricSettings()), Draw);

        IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var reference = isSkewed ? Math.Exp(3 + Normal(random)) : Math.Max(1, Math.Round(50 + (15 * Normal(random))));
                var shared = Normal(random);
                yield return [Answer(1), Answer(1.05)];

                MetricSample Answer(double spread)
                {
                    var error = spread * ((0.6 * shared) + (0.8 * Normal(random)));
                    var answer = isSkewed ? reference * Math.Exp(0.3 * error) : Math.Round(reference + (8 * error));
                    return new MetricSample
                    {
                        References = [reference.ToString("R", CultureInfo.InvariantCulture)],
                        Prediction = answer.ToString("R", CultureInfo.InvariantCulture),
                    };
                }
            }
        }
    }
}
