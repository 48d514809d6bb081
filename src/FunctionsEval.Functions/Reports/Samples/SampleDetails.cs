using System.Globalization;
using System.Runtime.InteropServices;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>One sample with its prompt and scores, and its place among those that match a filter.</summary>
internal sealed class SampleDetails(SampleBlobs blobs, SamplePages pages, SamplePrompts prompts)
{
    /// <summary>Describes a sample.</summary>
    /// <param name="index">The index.</param>
    /// <param name="found">The samples that match the filter.</param>
    /// <param name="row">The sample's row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SamplesChangedException">There is another version of the samples.</exception>
    /// <exception cref="SampleScoresLostException">The scores are not those of the index.</exception>
    public async Task<SampleDetail> DescribeAsync(SampleIndex index, FoundSamples found, int row, CancellationToken cancellationToken)
    {
        var sample = await pages.ReadAsync(index, row, cancellationToken);
        var position = Array.IndexOf(found.Rows, row);
        var plan = await prompts.FindPlanAsync(index.File.RunId, cancellationToken);
        var (prompt, missing) = plan is null
            ? (null, "Files of the run are gone, or of a form that this version of the app does not read.")
            : await prompts.RenderAsync(plan, sample, cancellationToken);
        return new SampleDetail
        {
            RunId = index.File.RunId,
            Sample = sample,
            Prompt = prompt,
            PromptMissing = missing,
            Parameters = plan is null ? null : prompts.ParametersOf(plan, sample),
            Scores = await ScoresAsync(index, row, cancellationToken),
            Position = position < 0 ? null : position + 1,
            Of = found.Rows.Length,
            PreviousKey = position > 0 ? SampleKeys.Of(index, found.Rows[position - 1]) : null,
            NextKey = position >= 0 && position + 1 < found.Rows.Length ? SampleKeys.Of(index, found.Rows[position + 1]) : null,
            Notes = found.Notes.Count > 0 ? found.Notes : null,
        };
    }

    private async Task<IReadOnlyList<SampleScore>> ScoresAsync(SampleIndex index, int row, CancellationToken cancellationToken)
    {
        var (numbers, scores) = (index.Numbers, new List<SampleScore>());
        var first = row - (row % SampleIndexFormat.ScoresTogether);
        var rows = Math.Min(SampleIndexFormat.ScoresTogether, index.Count - first);
        var bytes = new byte[numbers.Count * 2 * rows * sizeof(double)];
        if (bytes.Length > 0)
        {
            var place = SampleScoreWriter.PlaceOf(number: 0, numbers.Count, first, rows);
            var version = await blobs.FindScoresAsync(index.File, cancellationToken);
            await blobs.ReadScoresAsync(index.File, version, place, bytes, cancellationToken);
        }

        for (var number = 0; number < numbers.Count; number++)
        {
            var (candidate, baseline) = (ValueAt(2 * number), ValueAt((2 * number) + 1));
            if (candidate is not null || baseline is not null)
            {
                scores.Add(
                    new SampleScore
                    {
                        Name = numbers[number].Name,
                        HigherIsBetter = numbers[number].HigherIsBetter,
                        Candidate = candidate,
                        Baseline = baseline,
                    }
                );
            }
        }

        return scores;

        ScoreOfAnswer? ValueAt(int column)
        {
            var value = MemoryMarshal.Cast<byte, double>(bytes.AsSpan())[(column * rows) + row - first];
            return double.IsNaN(value) ? null : new ScoreOfAnswer(double.IsFinite(value) ? value : null, TextOf(value));
        }
    }

    private static string TextOf(double value) =>
        double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : value.ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−');
}
