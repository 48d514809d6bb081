using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Repeats;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// Which answers to each row are right: about 24 bytes an answer. The answers to a row have one key, and its slices but for those that hold
/// one answer of each row, which say nothing of several. Where each turn of a row is a sample, its answers count as those to a row.
/// </summary>
/// <param name="rule">What is computed.</param>
/// <param name="replicates">Bootstrap replicates.</param>
internal sealed class RepeatedSamples(RepeatRule rule, int replicates) : KeptSamples
{
    private readonly List<Entry> _entries = [];

    private enum Answer : byte
    {
        /// <summary>The model has no answer that counts.</summary>
        None,

        /// <summary>It is not known whether the answer is right.</summary>
        Unknown,

        Wrong,
        Right,
    }

    public override bool IsTooLarge => (double)replicates * _entries.Count * rule.Estimators.Count > MaxWeights;

    public override void Add(ulong sampleKey, IReadOnlyList<string> slices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline) =>
        _entries.Add(
            new Entry(
                sampleKey,
                (int)(candidate.IsEmpty && baseline.IsEmpty ? 0 : (candidate.IsEmpty ? baseline : candidate)[2]),
                Intern([.. slices.Where(slice => !SliceNames.IsOfRepeat(slice))]),
                AnswerOf(candidate),
                AnswerOf(baseline)
            )
        );

    public override void Merge(KeptSamples other) =>
        _entries.AddRange(((RepeatedSamples)other)._entries.Select(entry => entry with { Slices = Intern(entry.Slices) }));

    public override void Write(StoredWriter writer)
    {
        writer.Write((ulong)_entries.Count);
        var slices = new StoredSlices();
        foreach (var entry in _entries)
        {
            writer.WriteBits(entry.Key);
            writer.Write((ulong)entry.Turn);
            slices.Write(writer, entry.Slices);
            writer.Write((ulong)entry.Candidate);
            writer.Write((ulong)entry.Baseline);
        }
    }

    public override void Merge(StoredReader reader)
    {
        var slices = new StoredSlices();
        for (var left = reader.ReadUnsigned(); left > 0; left--)
        {
            _entries.Add(
                new Entry(
                    reader.ReadBits(),
                    reader.ReadWithin(int.MaxValue),
                    slices.Read(reader, Intern),
                    (Answer)reader.ReadWithin((int)Answer.Right),
                    (Answer)reader.ReadWithin((int)Answer.Right)
                )
            );
        }
    }

    public override IReadOnlyDictionary<string, MetricNumbers> Compute(ModelRole role, bool isShared, IReadOnlySet<string> withReplicates)
    {
        var other = role == ModelRole.Candidate ? ModelRole.Baseline : ModelRole.Candidate;
        var entries = _entries.ToArray();
        // The rows get an order that does not depend on how they came, because sums of doubles depend on theirs.
        Array.Sort(entries, (first, second) => first.Question.CompareTo(second.Question));
        var sums = new Dictionary<string, RowMeans>(StringComparer.Ordinal);
        var weights = new ushort[IsTooLarge ? 0 : replicates];
        for (int start = 0, end; start < entries.Length; start = end)
        {
            end = start + 1;
            while (end < entries.Length && entries[end].Question == entries[start].Question)
            {
                end++;
            }

            var answers = new ArraySegment<Entry>(entries, start, end - start);
            BootstrapWeights.Fill(answers[0].Key, weights);
            foreach (var slice in SlicesOf(answers))
            {
                if (!sums.TryGetValue(slice, out var means))
                {
                    sums.Add(slice, means = new RowMeans(rule, withReplicates.Contains(slice) ? weights.Length : 0));
                }

                means.Add(RowOf(answers, slice, role), isShared ? RowOf(answers, slice, other) : null, weights);
            }
        }

        return sums.ToDictionary(slice => slice.Key, slice => slice.Value.Finish(), StringComparer.Ordinal);
    }

    private static Answer AnswerOf(ReadOnlySpan<long> statistic) =>
        statistic.IsEmpty ? Answer.None
        : statistic[0] == 0 ? Answer.Unknown
        : statistic[1] == 0 ? Answer.Wrong
        : Answer.Right;

    private static IEnumerable<string> SlicesOf(ArraySegment<Entry> answers) =>
        answers
            .Select(answer => answer.Slices)
            .Distinct()
            .SelectMany(slices => slices)
            .Distinct(StringComparer.Ordinal)
            .Prepend(MetricReport.AllSamples);

    /// <summary>A model's answers to a row in a slice.</summary>
    private RepeatedRow RowOf(ArraySegment<Entry> answers, string slice, ModelRole role)
    {
        int scored = 0,
            known = 0,
            right = 0;
        foreach (var entry in answers)
        {
            var answer = entry.Of(role);
            if (answer != Answer.None && (slice == MetricReport.AllSamples || entry.Slices.Contains(slice)))
            {
                scored++;
                known += answer is Answer.Wrong or Answer.Right ? 1 : 0;
                right += answer == Answer.Right ? 1 : 0;
            }
        }

        return new RepeatedRow(scored, scored > rule.Repeats ? 0 : known, right);
    }

    private readonly record struct Entry(ulong Key, int Turn, IReadOnlyList<string> Slices, Answer Candidate, Answer Baseline)
    {
        public (ulong Key, int Turn) Question => (Key, Turn);

        public Answer Of(ModelRole role) => role == ModelRole.Candidate ? Candidate : Baseline;
    }
}
