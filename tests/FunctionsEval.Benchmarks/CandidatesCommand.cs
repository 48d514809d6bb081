using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// Simulates how often a comparison of eight candidates with a baseline, and with each other, says something that is wrong. Datasets are
/// drawn from a population with replacement, scored and compared as runs are. Where all models are equal, who gave which answers of a row
/// is drawn too, so that no model is better than another even by chance of the population.
/// </summary>
internal static class CandidatesCommand
{
    /// <summary>Samples of a dataset, and one in how many of the datasets is drawn in that size.</summary>
    private static readonly (int Samples, int Of)[] Sizes = [(300, 1), (5000, 4)];

    /// <summary>How good each model is, the baseline first.</summary>
    private static readonly (string Name, double[]? Skills)[] Scenarios =
    [
        ("all equal", null),
        ("two good ones", [0, 0.03, 0.025, 0.01, 0.01, 0, 0, -0.02, -0.04]),
    ];

    /// <summary>Prints a table in Markdown.</summary>
    public static int Run(int sets, int seed, IReadOnlyList<string> prefixes)
    {
        Console.WriteLine(
            "| population | models | n | datasets | number | any wrongly better | any wrongly worse | all intervals hold | a best one excluded "
                + "| wrongly the best | best intervals hold | may be best | gate passes wrongly |"
        );
        Console.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", 13))}");
        foreach (
            var scenario in Scenarios.Where(scenario => prefixes.Any(prefix => scenario.Name.StartsWith(prefix, StringComparison.Ordinal)))
        )
        {
            foreach (var family in CandidatesFamily.All)
            {
                var skills = scenario.Skills ?? new double[CandidatesFamily.Candidates + 1];
                var population = family.CreatePopulation(new Random(seed), skills);
                var truth = scenario.Skills is null ? null : TruthOf(family, population);
                foreach (var (samples, of) in Sizes)
                {
                    Print(family, scenario.Name, samples, Simulate(family, population, truth, samples, Math.Max(1, sets / of), seed));
                }
            }
        }

        return 0;
    }

    private static void Print(CandidatesFamily family, string scenario, int size, CandidatesTally[] tallies)
    {
        foreach (var number in family.Numbers)
        {
            Console.WriteLine(
                $"| {family.Name} | {scenario} | {size} | {tallies.Length} | {number} | {CandidatesTally.Print(tallies, number)} |"
            );
        }
    }

    private static CandidatesTally[] Simulate(
        CandidatesFamily family,
        IReadOnlyList<long[][]> population,
        Dictionary<string, double[]>? truth,
        int size,
        int sets,
        int seed
    )
    {
        var tallies = new CandidatesTally[sets];
        Parallel.For(
            0,
            sets,
            set =>
            {
                // One seed for each size and dataset, so that neither the order nor the number of threads matters.
                var random = new Random((((seed * 31) + size) * 1_000_003) + set);
                var rows = new long[size][][];
                for (var place = 0; place < size; place++)
                {
                    rows[place] = [.. population[random.Next(population.Count)]];
                    if (truth is null)
                    {
                        random.Shuffle(rows[place]);
                    }
                }

                tallies[set] = CandidatesTally.From(Compare(family, rows), truth);
            }
        );
        return tallies;
    }

    /// <summary>The numbers of the whole population, by model, the baseline first.</summary>
    private static Dictionary<string, double[]> TruthOf(CandidatesFamily family, IReadOnlyList<long[][]> population)
    {
        var reports = Enumerable
            .Range(0, CandidatesFamily.Candidates + 1)
            .Select(model =>
            {
                var scoreboard = new Scoreboard(family.Measurer.Metrics, new IntervalSpec { Replicates = 0 }, hasBaseline: false);
                foreach (var row in population)
                {
                    scoreboard.Add(0, [], row[model], []);
                }

                return scoreboard.Finish();
            })
            .ToList();
        return family.Numbers.ToDictionary(
            number => number,
            number => reports.Select(report => report.Results.Single(result => result.Definition.Name == number).Value!.Value).ToArray()
        );
    }

    private static CandidatesSummary Compare(CandidatesFamily family, long[][][] rows)
    {
        var runs = new List<CandidateRun>();
        for (var candidate = 1; candidate <= CandidatesFamily.Candidates; candidate++)
        {
            var scoreboard = family.Measurer.CreateScoreboard(hasBaseline: true);
            for (var place = 0; place < rows.Length; place++)
            {
                scoreboard.Add(Scoreboard.SampleKey("", place), [], rows[place][candidate], rows[place][0]);
            }

            runs.Add(
                CandidateRun.Completed(
                    family.Spec,
                    SummaryOf(family.Spec, scoreboard, rows.Length, candidate),
                    scoreboard,
                    CandidatesFamily.Candidates
                )
            );
        }

        return CandidatesComparison.Create(family.Spec, runs);
    }

    private static RunSummary SummaryOf(EvaluationSpec spec, Scoreboard scoreboard, int samples, int candidate)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"candidate {candidate}");
        var outcomes = new[] { Roles.Candidate, Roles.Baseline }.ToDictionary(role => role, _ => new OutcomeCounts { Scored = samples });
        var result = EvaluationResult.Create(spec, scoreboard.Finish(), outcomes, isComplete: true);
        return new RunSummary
        {
            RunId = name,
            Name = name,
            Task = spec.Task,
            Dataset = new DatasetSummary("simulated", "", 0, samples),
            Models = new Dictionary<string, string> { [Roles.Candidate] = name, [Roles.Baseline] = "baseline" },
            IsComplete = true,
            Verdict = result.Verdict,
            Outcomes = outcomes,
            Coverage = result.Coverage,
            Usage = new Dictionary<string, UsageSummary>(),
            Metrics = result.Metrics,
            Spec = JsonSerializer.SerializeToElement(""),
            CodeVersion = "",
        };
    }
}
