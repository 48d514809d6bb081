using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Scoring.Stored;

namespace FunctionsEval.Core.Scoring;

/// <content>The form in which a scoreboard of some of the samples is stored, so that another process can add it to its own.</content>
public sealed partial class Scoreboard
{
    /// <summary>
    /// Bytes that the sums take with their replicates, which is what <see cref="Write"/> writes of them at most. What metrics keep of single
    /// samples is not in it.
    /// </summary>
    public long SumBytes => _slices.Bytes;

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

    /// <summary>Adds everything that another scoreboard has seen and wrote, without a copy of it in memory.</summary>
    /// <param name="stored">The bytes that <see cref="Write"/> wrote; seekable. Those behind them are not read.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, or those of a scoreboard with other metrics, intervals or baseline. Then
    /// nothing is added.</exception>
    public void Merge(Stream stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        StoredForm.Check(stored);
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
