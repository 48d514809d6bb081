using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring.Stored;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Scoring;

/// <content>The form in which a scoreboard of some of the samples is stored, so that another process can add it to its own.</content>
public sealed partial class Scoreboard
{
    /// <summary>
    /// Writes everything that was added: bytes that are the same for the same samples, whatever their order and split, but for metrics that
    /// keep the samples themselves, whose order is kept too.
    /// </summary>
    /// <param name="stored">Receives the bytes; it can go on behind them.</param>
    public void Write(Stream stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var writer = new StoredWriter(stored);
        writer.WriteBits(Fingerprint());
        _slices.Write(writer);
        foreach (var kept in _kept)
        {
            kept?.Write(writer);
        }

        writer.Finish();
    }

    /// <summary>Reads a scoreboard that <see cref="Write"/> wrote.</summary>
    /// <param name="stored">The bytes; they need not be seekable, and those behind the scoreboard are not read.</param>
    /// <param name="metrics">The metrics, as the scoreboard was created with; so are the other arguments.</param>
    /// <param name="intervals">Confidence level and replicates.</param>
    /// <param name="hasBaseline">Whether a baseline is compared.</param>
    /// <param name="maxSlicesWithIntervals">With more slices than this none of them gets bootstrap intervals. Default 50.</param>
    /// <param name="answersPerSample">How many answers there are to one question. Default 1.</param>
    /// <param name="minMeasuredShare">The share of the samples scored for both models that a metric must be measured on for a comparison
    /// by it. Default 0.95.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, or those of a scoreboard with other metrics, intervals, slices or
    /// baseline.</exception>
    public static Scoreboard Read(
        Stream stored,
        IReadOnlyList<Metric> metrics,
        IntervalSpec intervals,
        bool hasBaseline,
        int maxSlicesWithIntervals = 50,
        int answersPerSample = 1,
        double minMeasuredShare = Gate.DefaultMinimumCoverage
    )
    {
        ArgumentNullException.ThrowIfNull(stored);
        var scoreboard = new Scoreboard(metrics, intervals, hasBaseline, maxSlicesWithIntervals, answersPerSample, minMeasuredShare);
        scoreboard.MergeChecked(stored);
        return scoreboard;
    }

    /// <summary>Adds everything that another scoreboard has seen and wrote, without a copy of it in memory.</summary>
    /// <param name="stored">The bytes that <see cref="Write"/> wrote; seekable. Those behind them are not read.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, or those of a scoreboard with other metrics, intervals or baseline. Then
    /// nothing is added.</exception>
    public void Merge(Stream stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        StoredForm.Check(stored);
        MergeChecked(stored);
    }

    private void MergeChecked(Stream stored)
    {
        var reader = new StoredReader(stored);
        if (reader.ReadBits() != Fingerprint())
        {
            throw new InvalidDataException("The stored scoreboard has other metrics, intervals, slices or baseline.");
        }

        _slices.Merge(reader);
        foreach (var kept in _kept)
        {
            kept?.Merge(reader);
        }

        reader.Finish();
    }

    /// <summary>A hash of what scoreboards must have in common to be merged.</summary>
    private ulong Fingerprint() =>
        XxHash64.HashToUInt64(
            Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_intervals.Replicates}|{_intervals.Level}|{_hasBaseline}|{_slices.MaxSlicesWithIntervals}|"
                ) + string.Join('\n', _layout.Metrics.Select(metric => $"{metric.StatisticLength}|{metric.SumLength}|{metric.SumKey}"))
            )
        );
}
