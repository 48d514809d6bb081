using System.Text.Json;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tests.Golden.Reference;

namespace FunctionsEval.Core.Tests.Golden;

internal static class StatisticsFamily
{
    public static object? Compute(GoldenCase golden)
    {
        var input = golden.Input;
        return input.TryGetProperty("successes", out _) ? Proportion(golden)
            : input.TryGetProperty("only_first", out _) ? Discordant(input)
            : input.TryGetProperty("first", out _) ? Pairs(input)
            : input.TryGetProperty("resample_indices", out var indices) ? Resamples(golden, indices)
            : MonteCarlo(golden);
    }

    private static Dictionary<string, object?> Proportion(GoldenCase golden)
    {
        var (hits, n) = (golden.Input.GetProperty("successes").GetInt64(), golden.Input.GetProperty("n").GetInt64());
        var level = golden.Option("confidence")!.Value.GetDouble();
        return new Dictionary<string, object?>
        {
            ["estimate"] = (double)hits / n,
            ["wilson"] = Bounds(ProportionInterval.Wilson(hits, n, level)),
            ["wilson_cc"] = Bounds(ProportionIntervals.WilsonContinuityCorrected(hits, n, level)),
            ["clopper_pearson"] = Bounds(ProportionIntervals.ClopperPearson(hits, n, level)),
        };
    }

    private static Dictionary<string, object?> Discordant(JsonElement input)
    {
        var (b, c) = (input.GetProperty("only_first").GetInt64(), input.GetProperty("only_second").GetInt64());
        var plain = McNemarVariants.ChiSquared(b, c, continuityCorrection: false);
        var corrected = McNemarVariants.ChiSquared(b, c, continuityCorrection: true);
        return new Dictionary<string, object?>
        {
            ["exact_p"] = McNemar.Exact(b, c),
            ["mid_p"] = McNemarVariants.MidP(b, c),
            ["chi2_stat"] = plain.Statistic,
            ["chi2_p"] = plain.PValue,
            ["chi2_cc_stat"] = corrected.Statistic,
            ["chi2_cc_p"] = corrected.PValue,
        };
    }

    private static Dictionary<string, object?> Pairs(JsonElement input)
    {
        var (first, second) = (Numbers(input.GetProperty("first")), Numbers(input.GetProperty("second")));
        var t = PairedTests.StudentT(first, second);
        return new Dictionary<string, object?>
        {
            ["mean_difference"] = first.Zip(second, (a, b) => a - b).Average(),
            ["permutation_p"] = new Dictionary<string, object?>
            {
                ["two-sided"] = PairedTests.PermutationPValue(first, second, Alternative.TwoSided),
                ["greater"] = PairedTests.PermutationPValue(first, second, Alternative.Greater),
                ["less"] = PairedTests.PermutationPValue(first, second, Alternative.Less),
            },
            ["t_statistic"] = t.Statistic,
            ["t_p"] = t.PValue,
            ["sign_test_p"] = PairedTests.SignTestPValue(first, second),
        };
    }

    private static Dictionary<string, object?> Resamples(GoldenCase golden, JsonElement indices)
    {
        var values = Numbers(golden.Input.GetProperty("values"));
        var second = Numbers(golden.Input.GetProperty("second"));
        var resamples = indices.EnumerateArray().Select(row => row.EnumerateArray().Select(index => index.GetInt32()).ToArray()).ToList();
        var means = resamples.Select(row => row.Average(i => values[i])).ToArray();
        var differences = resamples.Select(row => row.Average(i => values[i]) - row.Average(i => second[i])).ToArray();
        var average = means.Average();
        return new Dictionary<string, object?>
        {
            ["mean"] = values.Average(),
            ["mean_diff"] = values.Average() - second.Average(),
            ["bootstrap_stderr_ddof1"] = Math.Sqrt(means.Sum(mean => (mean - average) * (mean - average)) / (means.Length - 1)),
            ["mean_ci"] = Levels(golden.Expected.GetProperty("mean_ci"), means),
            ["mean_diff_ci"] = Levels(golden.Expected.GetProperty("mean_diff_ci"), differences),
        };
    }

    /// <summary>
    /// The expected values come from one random run of scipy. On 0/1 data percentiles move in steps wider than the stated tolerance, so
    /// that a correct run lands on either side of a step by chance: of twenty seeds, the run nearest to scipy's is compared.
    /// </summary>
    private static Dictionary<string, object?> MonteCarlo(GoldenCase golden)
    {
        var values = Numbers(golden.Input.GetProperty("values"));
        var second = Numbers(golden.Input.GetProperty("second"));
        var differences = values.Zip(second, (first, other) => first - other).ToArray();
        var resamples = golden.Option("n_resamples")!.Value.GetInt32();
        var level = golden.Option("confidence")!.Value.GetDouble();
        var seeds = Enumerable.Range(1, 20).Select(seed => (ulong)seed).ToList();
        double[] Interval(double[] sample, string name)
        {
            var expected = Numbers(golden.Expected.GetProperty(name));
            return seeds
                .Select(seed =>
                    Bounds(ReferenceBootstrap.PercentileInterval(ReferenceBootstrap.ResampledMeans(sample, resamples, seed), level))
                )
                .MinBy(bounds => Math.Max(Math.Abs(bounds[0] - expected[0]), Math.Abs(bounds[1] - expected[1])))!;
        }

        var expectedP = golden.Expected.GetProperty("permutation_p").GetDouble();
        return new Dictionary<string, object?>
        {
            ["mean"] = values.Average(),
            ["mean_diff"] = values.Average() - second.Average(),
            ["mean_ci"] = Interval(values, "mean_ci"),
            ["mean_diff_ci"] = Interval(differences, "mean_diff_ci"),
            ["permutation_p"] = seeds
                .Select(seed => PairedTests.RandomPermutationPValue(values, second, resamples, seed))
                .MinBy(p => Math.Abs(p - expectedP)),
        };
    }

    private static Dictionary<string, object?> Levels(JsonElement levels, double[] replicates) =>
        levels
            .EnumerateObject()
            .ToDictionary(
                level => level.Name,
                level =>
                    (object?)Bounds(
                        ReferenceBootstrap.PercentileInterval(
                            replicates,
                            double.Parse(level.Name, System.Globalization.CultureInfo.InvariantCulture)
                        )
                    )
            );

    private static double[] Bounds((double Lower, double Upper) interval) => [interval.Lower, interval.Upper];

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];
}
