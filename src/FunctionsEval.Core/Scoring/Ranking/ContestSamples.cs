using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>
/// The scores of all samples by class. They are sorted, ties count as one step, and within a step only whole numbers are added.
/// </summary>
internal sealed class ContestSamples(ContestRule rule, int replicates) : KeptSamples
{
    private readonly List<Entry> _entries = [];

    // The classes that have a score.
    private readonly int[] _scored = [.. rule.Contests.Select(contest => contest.Positive).Distinct().Order()];

    public override bool IsTooLarge => (double)replicates * _entries.Count * _scored.Length > MaxWeights;

    public override void Add(ulong sampleKey, IReadOnlyList<string> slices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        if (!candidate.IsEmpty || !baseline.IsEmpty)
        {
            _entries.Add(new Entry(sampleKey, Intern(slices), ScoresOf(candidate), ScoresOf(baseline)));
        }
    }

    public override void Merge(KeptSamples other) =>
        _entries.AddRange(((ContestSamples)other)._entries.Select(entry => entry with { Slices = Intern(entry.Slices) }));

    public override void Write(StoredWriter writer)
    {
        writer.Write((ulong)_entries.Count);
        var slices = new StoredSlices();
        foreach (var entry in _entries)
        {
            writer.WriteBits(entry.Key);
            slices.Write(writer, entry.Slices);
            Write(writer, entry.Candidate);
            Write(writer, entry.Baseline);
        }
    }

    public override void Merge(StoredReader reader)
    {
        var slices = new StoredSlices();
        for (var left = reader.ReadUnsigned(); left > 0; left--)
        {
            _entries.Add(new Entry(reader.ReadBits(), slices.Read(reader, Intern), ReadScores(reader), ReadScores(reader)));
        }
    }

    public override IReadOnlyDictionary<string, MetricNumbers> Compute(ModelRole role, bool isShared, IReadOnlySet<string> withReplicates)
    {
        var other = role == ModelRole.Candidate ? ModelRole.Baseline : ModelRole.Candidate;
        var samples = _entries.FindAll(entry => entry.Of(role) is not null && (!isShared || entry.Of(other) is not null));
        var averages = samples
            .SelectMany(entry => entry.AllSlices)
            .CountBy(slice => slice, StringComparer.Ordinal)
            .ToDictionary(
                count => count.Key,
                count =>
                    (
                        Samples: count.Value,
                        Average: new AverageOverContests(rule, 1 + (withReplicates.Contains(count.Key) && !IsTooLarge ? replicates : 0))
                    ),
                StringComparer.Ordinal
            );
        foreach (var contest in rule.Contests)
        {
            foreach (var (slice, steps) in Rank(samples, role, contest, slice => averages[slice].Average.Columns))
            {
                averages[slice].Average.Add(contest, steps);
            }
        }

        return averages.ToDictionary(slice => slice.Key, slice => slice.Value.Average.Finish(slice.Value.Samples), StringComparer.Ordinal);
    }

    /// <summary>Walks down the samples of a contest, in every slice at once.</summary>
    private Dictionary<string, RankedSteps> Rank(List<Entry> samples, ModelRole role, RankingContest contest, Func<string, int> columnsOf)
    {
        var place = Array.IndexOf(_scored, contest.Positive);
        var ranked = samples
            .Where(entry => contest.Admits(entry.Of(role)!.Actual))
            .Select(entry => (Score: entry.Of(role)!.Values[place], IsPositive: entry.Of(role)!.Actual == contest.Positive, Entry: entry))
            .ToArray();
        Array.Sort(ranked, (first, second) => second.Score.CompareTo(first.Score));
        var bySlice = new Dictionary<string, RankedSteps>(StringComparer.Ordinal);
        var touched = new HashSet<RankedSteps>();
        var weights = new ushort[IsTooLarge ? 0 : replicates];
        for (var i = 0; i < ranked.Length; i++)
        {
            var (score, isPositive, entry) = ranked[i];
            BootstrapWeights.Fill(entry.Key, weights);
            foreach (var slice in entry.AllSlices)
            {
                if (!bySlice.TryGetValue(slice, out var steps))
                {
                    bySlice.Add(slice, steps = new RankedSteps(rule.Curve, columnsOf(slice)));
                }

                steps.Add(isPositive, weights);
                touched.Add(steps);
            }

            if (i + 1 == ranked.Length || ranked[i + 1].Score != score)
            {
                foreach (var steps in touched)
                {
                    steps.EndStep();
                }

                touched.Clear();
            }
        }

        return bySlice;
    }

    private Scores? ScoresOf(ReadOnlySpan<long> statistic)
    {
        if (statistic.IsEmpty)
        {
            return null;
        }

        var values = new double[_scored.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.Int64BitsToDouble(statistic[2 + _scored[i]]);
        }

        return new Scores((int)statistic[1], values);
    }

    private static void Write(StoredWriter writer, Scores? scores)
    {
        writer.Write(scores is not null);
        if (scores is not null)
        {
            writer.Write((long)scores.Actual);
            foreach (var value in scores.Values)
            {
                writer.WriteBits(value);
            }
        }
    }

    private Scores? ReadScores(StoredReader reader)
    {
        if (!reader.ReadFlag())
        {
            return null;
        }

        var actual = (int)reader.ReadSigned();
        var values = new double[_scored.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadDouble();
        }

        return new Scores(actual, values);
    }

    private readonly record struct Entry(ulong Key, IReadOnlyList<string> Slices, Scores? Candidate, Scores? Baseline)
    {
        public IEnumerable<string> AllSlices => Slices.Prepend(MetricReport.AllSamples);

        public Scores? Of(ModelRole role) => role == ModelRole.Candidate ? Candidate : Baseline;
    }

    /// <summary>A sample's true class, and its score for each of <see cref="_scored"/>.</summary>
    private sealed record Scores(int Actual, double[] Values);
}
