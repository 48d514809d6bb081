using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>The samples that match, in the order that was asked for.</summary>
/// <param name="Rows">Their rows in the index.</param>
/// <param name="Scores">The scores of the metric that was asked for; null where none was.</param>
/// <param name="Metric">The metric's name; null where none was asked for.</param>
/// <param name="Notes">What to know about them, a sentence each.</param>
internal sealed record FoundSamples(int[] Rows, SampleScoreColumn? Scores, string? Metric, IReadOnlyList<string> Notes)
{
    /// <summary>Whether all samples of the index were looked at.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>By row of the index: whether it is found.</summary>
    /// <param name="count">Rows of the index.</param>
    public BitArray ToBits(int count)
    {
        var bits = new BitArray(count);
        foreach (var row in Rows)
        {
            bits[row] = true;
        }

        return bits;
    }
}

/// <summary>Finds the samples that match a filter: by the index, and in the samples themselves where a text is looked for.</summary>
internal sealed class SampleFinder(SampleBlobs blobs, SampleScan scan)
{
    /// <summary>Finds them.</summary>
    /// <param name="index">The index.</param>
    /// <param name="filter">Which samples.</param>
    /// <param name="order">In which order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OptionException">No sample has the metric to sort by.</exception>
    /// <exception cref="SamplesChangedException">There is another version of the samples.</exception>
    /// <exception cref="SampleScoresLostException">The scores are not those of the index.</exception>
    public async Task<FoundSamples> FindAsync(
        SampleIndex index,
        SampleFilter filter,
        SampleOrder order,
        CancellationToken cancellationToken
    )
    {
        var number = order.NeedsScores ? FindNumber(index, order.Metric) : -1;
        var notes = SampleNotes.Of(index, filter);
        var known = notes.Count;
        var rows = await MatchAsync(index, filter, notes, cancellationToken);
        var isComplete = notes.Count == known;
        var scores = number < 0 ? null : await ReadScoresAsync(index, number, cancellationToken);
        order.Apply(rows, index, scores, number < 0 || index.Numbers[number].HigherIsBetter);
        return new FoundSamples(rows, scores, number < 0 ? null : index.Numbers[number].Name, notes) { IsComplete = isComplete };
    }

    private static int FindNumber(SampleIndex index, string? name)
    {
        if (index.Numbers.Count == 0)
        {
            throw new OptionException("sort", "no metric of this run has a value for a single sample. Sort by line or length.");
        }

        var number = name is null ? 0 : index.Numbers.Select(known => known.Name).ToList().IndexOf(name);
        return number >= 0
            ? number
            : throw new OptionException(
                "metric",
                NearestName.Unknown("metric with a value for a single sample", name!, index.Numbers.Select(known => known.Name))
            );
    }

    private async Task<int[]> MatchAsync(SampleIndex index, SampleFilter filter, List<string> notes, CancellationToken cancellationToken)
    {
        var matcher = new IndexMatcher(index, filter);
        var (certain, unsure) = matcher.Match();
        if (unsure.Count > 0)
        {
            // The index knows of every sample what is right.
            var rest = filter with
            {
                Text = null,
                Flip = null,
                Correct = null,
                BaselineCorrect = null,
            };
            var (found, lookedAt) = await scan.FindAsync(
                index,
                unsure,
                line => rest.Matches(JsonSerializer.Deserialize<SampleResult>(line, ResultJson.Options)!),
                cancellationToken
            );
            certain = [.. certain.Concat(unsure.Where(row => found[row])).Order()];
            Tell(notes, lookedAt, unsure.Count);
        }

        if (filter.Text is not { } text)
        {
            return [.. certain];
        }

        var texts = await SearchAsync(index, text, cancellationToken);
        Tell(notes, texts.LookedAt, index.Count);
        return [.. certain.Where(row => texts.Rows[row])];
    }

    /// <summary>Searches all samples, whatever else is asked, so that a changed filter needs no other search.</summary>
    private async Task<FoundTexts> SearchAsync(SampleIndex index, string text, CancellationToken cancellationToken)
    {
        if (index.FindSearch(text) is { } known)
        {
            return known;
        }

        int[] all = [.. Enumerable.Range(0, index.Count)];
        var (rows, lookedAt) = await scan.FindAsync(index, all, new SampleText(text).IsIn, cancellationToken);
        var found = new FoundTexts(rows, lookedAt);
        if (lookedAt == index.Count)
        {
            index.KeepSearch(text, found);
        }

        return found;
    }

    private void Tell(List<string> notes, int lookedAt, int all)
    {
        if (lookedAt < all)
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only the first {lookedAt:N0} of {all:N0} samples were looked at: the search was ended after "
                        + $"{scan.MaxTime.TotalSeconds:0} s. Narrow the filter, or read samples.jsonl."
                )
            );
        }
    }

    /// <summary>The scores of a number; they are in pieces of the file.</summary>
    private async Task<SampleScoreColumn> ReadScoresAsync(SampleIndex index, int number, CancellationToken cancellationToken)
    {
        if (index.FindScores(number) is { } known)
        {
            return known;
        }

        var version = await blobs.FindScoresAsync(index.File, cancellationToken);
        var column = new SampleScoreColumn(new double[index.Count], new double[index.Count]);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (index.Count + SampleIndexFormat.ScoresTogether - 1) / SampleIndexFormat.ScoresTogether),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (piece, token) =>
            {
                var first = piece * SampleIndexFormat.ScoresTogether;
                var rows = Math.Min(SampleIndexFormat.ScoresTogether, index.Count - first);
                var bytes = new byte[rows * 2 * sizeof(double)];
                var place = SampleScoreWriter.PlaceOf(number, index.Numbers.Count, first, rows);
                await blobs.ReadScoresAsync(index.File, version, place, bytes, token);
                MemoryMarshal.Cast<byte, double>(bytes.AsSpan(0, rows * sizeof(double))).CopyTo(column.Candidate.AsSpan(first));
                MemoryMarshal.Cast<byte, double>(bytes.AsSpan(rows * sizeof(double))).CopyTo(column.Baseline.AsSpan(first));
            }
        );
        index.KeepScores(number, column);
        return column;
    }
}
