using System.Globalization;
using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The totals of the pairs of two runs' samples. They depend on the pairs alone, and not on the order in which they are added.
/// </summary>
/// <param name="left">The run to compare with, whose numbers are the baseline's.</param>
/// <param name="right">The run that is compared.</param>
internal sealed class PairTally(ComparedRun left, ComparedRun right)
{
    private readonly Scoreboard _scoreboard = right.Measurer.CreateScoreboard(hasBaseline: true);
    private readonly PairingCounter _counter = new();
    private readonly ClassFlips _classes = new(right.Spec.Labels);
    private bool _knowsRight = true;
    private readonly Answered _ofLeft = new();
    private readonly Answered _ofRight = new();
    private long _gained;
    private long _lost;

    /// <summary>Samples without a counterpart.</summary>
    public long Singles => _counter.Singles;

    /// <summary>Adds a sample of both runs, or of one of them that the other lacks.</summary>
    /// <param name="before">The left run's; null where it has none.</param>
    /// <param name="now">The right run's; null where it has none.</param>
    public void Add(SampleStatistics? before, SampleStatistics? now)
    {
        var sample = (now ?? before)!;
        _scoreboard.Add(sample.Key, sample.Slices, now?.Words, before?.Words, sample.Turns);
        _ofLeft.Add(before);
        _ofRight.Add(now);
        _knowsRight &= before is not { Identity: null } && now is not { Identity: null };
        if (before is null || now is null)
        {
            _counter.AddSingle(sample.Identity?.Id ?? sample.Key, isLeft: now is null);
            return;
        }

        _counter.AddPaired();
        if (before.IsMeasured && now.IsMeasured)
        {
            _gained += now.IsRight && !before.IsRight ? 1 : 0;
            _lost += before.IsRight && !now.IsRight ? 1 : 0;
            if (now.Label >= 0)
            {
                _classes.Add(now.Label, now.IsRight, before.IsRight);
            }
        }
    }

    /// <summary>Writes what was added, so that another process can add it to its own.</summary>
    public void Write(Stream stored)
    {
        using (var writer = new BinaryWriter(stored, Encoding.UTF8, leaveOpen: true))
        {
            _counter.Write(writer);
            _classes.Write(writer);
            writer.Write(_knowsRight);
            _ofLeft.Write(writer);
            _ofRight.Write(writer);
            writer.Write(_gained);
            writer.Write(_lost);
        }

        _scoreboard.Write(stored);
    }

    /// <summary>Adds what the tally of other samples of the same runs wrote.</summary>
    /// <param name="stored">What <see cref="Write"/> wrote, undamaged; seekable.</param>
    public void Merge(Stream stored)
    {
        using (var reader = new BinaryReader(stored, Encoding.UTF8, leaveOpen: true))
        {
            _counter.Merge(reader);
            _classes.Merge(reader);
            _knowsRight &= reader.ReadBoolean();
            _ofLeft.Merge(reader);
            _ofRight.Merge(reader);
            _gained += reader.ReadInt64();
            _lost += reader.ReadInt64();
        }

        _scoreboard.Merge(stored);
    }

    /// <summary>What the pairs say.</summary>
    /// <exception cref="UnpairableException">There is none.</exception>
    public RunPairing Finish()
    {
        if (_counter.Counts.Paired == 0)
        {
            throw new UnpairableException("They have no sample in common.");
        }

        var lines = MetricValues.From(_scoreboard.Finish());
        // Answers to one question and turns of one conversation are not independent, which the exact test takes them for.
        var hasExactTest = _knowsRight && right.Spec is { Repeats: 1, Turns: TurnSelection.Last };
        if (hasExactTest)
        {
            lines = _classes.Apply(lines);
        }

        var undecided = _ofLeft.TooFew("left", left.Spec) ?? _ofRight.TooFew("right", right.Spec);
        return new RunPairing(
            _counter.Counts,
            _knowsRight ? new FlipCounts(_gained, _lost) : null,
            MetricReadings.Apply(
                lines,
                RunComparison.HeadlineOf(left.Spec, right.Spec, lines),
                right.Spec.Intervals.Replicates,
                decides: undecided is null
            ),
            undecided,
            hasExactTest && undecided is null ? [.. _classes.Recalls()] : []
        );
    }

    /// <summary>How many samples of a run count.</summary>
    private sealed class Answered
    {
        private long _samples;
        private long _counted;

        public void Add(SampleStatistics? sample)
        {
            _samples += sample is null ? 0 : 1;
            _counted += sample is { IsMeasured: true } ? 1 : 0;
        }

        public void Write(BinaryWriter writer)
        {
            writer.Write(_samples);
            writer.Write(_counted);
        }

        public void Merge(BinaryReader reader)
        {
            _samples += reader.ReadInt64();
            _counted += reader.ReadInt64();
        }

        /// <summary>Why a run permits no decision; null when enough of its samples count.</summary>
        public string? TooFew(string side, EvaluationSpec spec)
        {
            var least = Gate.LeastCoverage(spec.Gate);
            return _counted >= least * _samples
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only {_counted} of {_samples} samples of the {side} run count in its metrics, less than {new NumberText(MetricUnit.Share).Bound(least)} of them."
                );
        }
    }
}
