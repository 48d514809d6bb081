using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Benchmarks;

/// <content>Populations of rows that are answered several times.</content>
internal sealed partial class CoverageFamily
{
    /// <summary>
    /// A row has an ease of its own, which is how probably one of its answers is right. Most are easy or hard, as rows are; what is easy
    /// for the candidate mostly is for the baseline.
    /// </summary>
    private static CoverageFamily Repeats(string name, int answersPerSample)
    {
        var metrics = MetricCatalog.Create(
            GenerationTask.Instance,
            [Spec("pass_at_k", ("k", new[] { 1, 2, answersPerSample }))],
            new MetricSettings { Repeats = answersPerSample }
        );
        return new CoverageFamily(name, metrics, Draw, answersPerSample);

        IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var ease = 2 * Normal(random);
                double[] eases = [Logistic(0.5 + ease + (0.5 * Normal(random))), Logistic(0.3 + ease + (0.5 * Normal(random)))];
                yield return
                [
                    .. Enumerable
                        .Range(0, 2 * answersPerSample)
                        .Select(answer => new MetricSample
                        {
                            References = ["right"],
                            Prediction = random.NextDouble() < eases[answer % 2] ? "right" : "wrong",
                        }),
                ];
            }
        }

        static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
    }
}
