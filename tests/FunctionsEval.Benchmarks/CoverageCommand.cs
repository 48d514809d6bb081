using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// Simulates how often intervals hold the true number. A family is a population of measured samples, answered by a candidate and a
/// baseline; the true numbers are those of the whole population. Datasets are drawn from it with replacement, scored as a run is, and
/// each interval that is printed is held against the truth.
/// </summary>
internal static partial class CoverageCommand
{
    private static readonly int[] Sizes = [20, 50, 150, 400, 1000];

    /// <summary>Prints a table in Markdown: a row for each kind of number, a column for each size of dataset.</summary>
    public static int Run(int sets, int seed, IReadOnlyList<string> prefixes)
    {
        Console.WriteLine($"| population | number | {string.Join(" | ", Sizes.Select(size => $"n = {size}"))} |");
        Console.WriteLine($"|---|---|{string.Concat(Sizes.Select(_ => "---|"))}");
        foreach (
            var family in CoverageFamily.All.Where(family =>
                prefixes.Any(prefix => family.Name.StartsWith(prefix, StringComparison.Ordinal))
            )
        )
        {
            Print(family, sets, seed);
        }

        return 0;
    }

    private static void Print(CoverageFamily family, int sets, int seed)
    {
        var population = family.CreatePopulation(new Random(seed));
        var truth = Score(family, population, new IntervalSpec { Replicates = 0 }, population.Count, key => key);
        var cells = Sizes.Select(size => Simulate(family, population, truth, size, sets, seed)).ToList();
        foreach (
            var kind in cells
                .SelectMany(cell => cell.Keys)
                .Distinct()
                .OrderBy(kind => kind.StartsWith("difference", StringComparison.Ordinal))
                .ToList()
        )
        {
            Console.WriteLine(
                $"| {family.Name} | {kind} | {string.Join(" | ", cells.Select(cell => cell.GetValueOrDefault(kind) is { Printed: > 0 } tally ? tally.ToString() : "–"))} |"
            );
        }
    }

    private static Dictionary<string, Tally> Simulate(
        CoverageFamily family,
        IReadOnlyList<long[][]> population,
        MetricReport truth,
        int size,
        int sets,
        int seed
    )
    {
        var tallies = new Dictionary<string, Tally>[sets];
        Parallel.For(
            0,
            sets,
            set =>
            {
                // One seed for each size and dataset, so that neither the order nor the number of threads matters.
                var random = new Random(HashCode(seed, size, set));
                var rows = Enumerable.Range(0, size).Select(_ => random.Next(population.Count)).ToArray();
                var report = Score(family, population, new IntervalSpec(), size, place => rows[place]);
                tallies[set] = [];
                foreach (var (result, exact) in report.Results.Zip(truth.Results))
                {
                    Count(tallies[set], Kind(result.Definition.Name), result.Value, result.Lower, result.Upper, exact.Value);
                }

                foreach (var (comparison, exact) in report.Comparisons.Zip(truth.Comparisons))
                {
                    Count(
                        tallies[set],
                        Kind(comparison.Definition.Name) is { } kind ? $"difference of {kind}" : null,
                        comparison.Difference,
                        comparison.Lower,
                        comparison.Upper,
                        exact.Difference
                    );
                }
            }
        );
        return tallies
            .SelectMany(tally => tally)
            .GroupBy(pair => pair.Key)
            .ToDictionary(group => group.Key, group => group.Aggregate(new Tally(), (sum, pair) => sum.Plus(pair.Value)));
    }

    private static MetricReport Score(
        CoverageFamily family,
        IReadOnlyList<long[][]> population,
        IntervalSpec intervals,
        int size,
        Func<int, int> rowAt
    )
    {
        var scoreboard = new Scoreboard(family.Metrics, intervals, hasBaseline: true, answersPerSample: family.AnswersPerSample);
        for (var place = 0; place < size; place++)
        {
            var answers = population[rowAt(place)];
            for (var answer = 0; answer < answers.Length; answer += 2)
            {
                scoreboard.Add(
                    Scoreboard.SampleKey("", place),
                    [],
                    answers[answer],
                    answers[answer + 1],
                    family.HasTurns ? answers.Length / 2 : 1
                );
            }
        }

        return scoreboard.Finish();
    }

    private static void Count(Dictionary<string, Tally> tallies, string? kind, double? value, double? lower, double? upper, double? exact)
    {
        if (kind is null || value is null || exact is null)
        {
            return;
        }

        var tally = tallies.GetValueOrDefault(kind) ?? new Tally();
        if (value < lower || value > upper)
        {
            throw new InvalidOperationException($"An interval of {kind} excludes its estimate: {value} [{lower}, {upper}].");
        }

        // An interval without an upper bound is none.
        tallies[kind] =
            lower is null || upper is null
                ? tally.Plus(new Tally(1, 0, 0, 0))
                : tally.Plus(new Tally(1, 1, lower <= exact && exact <= upper ? 1 : 0, upper.Value - lower.Value));
    }

    private static int HashCode(int seed, int size, int set) => (((seed * 31) + size) * 1_000_003) + set;

    /// <summary>All labels' numbers are one kind; null for a number that is the same as another here, or reckoned alike.</summary>
    private static string? Kind(string name) => Repeated().IsMatch(name) ? null : Label().Replace(name, "[label]");

    [GeneratedRegex(
        "^(f1|precision|recall)_micro$|^(precision|recall)_samples$|^recall_(macro|weighted)$|^rouge.*_(precision|recall)$|^rougeLsum|^squad|^(word|byte)_perplexity$|^pass_at_k_coverage$|^bits_per_token$"
    )]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\[.*\]")]
    private static partial Regex Label();

    private sealed record Tally(int Numbers = 0, int Printed = 0, int Covered = 0, double Width = 0)
    {
        public Tally Plus(Tally other) =>
            new(Numbers + other.Numbers, Printed + other.Printed, Covered + other.Covered, Width + other.Width);

        /// <summary>Coverage and mean width, and in how many datasets there was an interval where not in all.</summary>
        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{100.0 * Covered / Printed:0.0} ({Width / Printed:G3}){(Printed < Numbers ? string.Create(CultureInfo.InvariantCulture, $", {100.0 * Printed / Numbers:0} %") : "")}"
            );
    }
}
