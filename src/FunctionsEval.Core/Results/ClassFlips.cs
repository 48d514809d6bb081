using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Which samples of each label were right in one of two runs and wrong in the other. It gives the recall of a label the exact p-value that
/// a bootstrap cannot: with 1,000 replicates none is below 0.002, which Holm's correction over 77 labels makes 0.15.
/// </summary>
public sealed class ClassFlips
{
    private readonly IReadOnlyList<string> _labels;
    private readonly Counts[] _counts;

    /// <param name="labels">The closed list of labels.</param>
    public ClassFlips(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        _labels = labels;
        _counts = new Counts[labels.Count];
    }

    /// <summary>Adds a sample that both runs have an answer for.</summary>
    /// <param name="label">Index of its label.</param>
    /// <param name="candidateIsRight">Whether the candidate's answer is right.</param>
    /// <param name="baselineIsRight">Whether the baseline's is.</param>
    public void Add(int label, bool candidateIsRight, bool baselineIsRight)
    {
        ref var counts = ref _counts[label];
        counts.Samples++;
        counts.Candidate += candidateIsRight ? 1 : 0;
        counts.Baseline += baselineIsRight ? 1 : 0;
        counts.Gained += candidateIsRight && !baselineIsRight ? 1 : 0;
        counts.Lost += baselineIsRight && !candidateIsRight ? 1 : 0;
    }

    /// <summary>Writes what was added.</summary>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var counts in _counts)
        {
            writer.Write(counts.Samples);
            writer.Write(counts.Candidate);
            writer.Write(counts.Baseline);
            writer.Write(counts.Gained);
            writer.Write(counts.Lost);
        }
    }

    /// <summary>Adds what flips of the same labels wrote.</summary>
    public void Merge(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        foreach (ref var counts in _counts.AsSpan())
        {
            counts.Samples += reader.ReadInt64();
            counts.Candidate += reader.ReadInt64();
            counts.Baseline += reader.ReadInt64();
            counts.Gained += reader.ReadInt64();
            counts.Lost += reader.ReadInt64();
        }
    }

    /// <summary>The same lines with the exact test of each label's recall.</summary>
    /// <param name="lines">Lines over the same samples, whatever metrics they are of.</param>
    public IReadOnlyList<MetricValue> Apply(IReadOnlyList<MetricValue> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var byName = _labels
            .Select((label, index) => (NameOf(label), index))
            .ToDictionary(pair => pair.Item1, pair => pair.index, StringComparer.Ordinal);
        return
        [
            .. lines.Select(line =>
                IsRecall(line) && byName.TryGetValue(line.Name, out var label) && _counts[label].Samples > 0
                    ? WithTest(line, _counts[label])
                    : line
            ),
        ];
    }

    /// <summary>The recall of each label that occurs, over the samples that were added: for runs whose metrics do not give it.</summary>
    public IEnumerable<MetricValue> Recalls()
    {
        for (var label = 0; label < _labels.Count; label++)
        {
            var counts = _counts[label];
            if (counts.Samples == 0)
            {
                continue;
            }

            var line = new MetricValue
            {
                Role = Roles.Baseline,
                Name = NameOf(_labels[label]),
                Slice = MetricReport.AllSamples,
                Value = (double)counts.Baseline / counts.Samples,
                Samples = counts.Samples,
                HigherIsBetter = true,
                Signature = "unparsable:wrong",
            };
            yield return line;
            var candidate = (double)counts.Candidate / counts.Samples;
            yield return WithTest(line with { Role = Roles.Candidate, Value = candidate, Difference = candidate - line.Value }, counts);
        }
    }

    /// <summary>Whether a line is a label's recall by the strict reading of answers.</summary>
    private static bool IsRecall(MetricValue line) =>
        line is { Role: Roles.Candidate, Slice: MetricReport.AllSamples, Difference: not null }
        && !line.Signature.StartsWith("parse:lenient", StringComparison.Ordinal);

    private static string NameOf(string label) => $"recall[{label}]";

    private static MetricValue WithTest(MetricValue line, Counts counts) =>
        line with
        {
            PValue = McNemar.Exact(counts.Gained, counts.Lost),
            Test = PValueText.ExactTest,
            Gained = counts.Gained,
            Lost = counts.Lost,
        };

    private struct Counts
    {
        public long Samples;
        public long Candidate;
        public long Baseline;
        public long Gained;
        public long Lost;
    }
}
