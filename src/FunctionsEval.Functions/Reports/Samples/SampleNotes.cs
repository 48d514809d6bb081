using System.Globalization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Says which values of a filter no sample has, and what was meant instead.</summary>
internal static class SampleNotes
{
    /// <summary>The notes, a sentence or two each.</summary>
    public static List<string> Of(SampleIndex index, SampleFilter filter)
    {
        var notes = new List<string>();
        AddUnknown(notes, "the label", filter.Label, index.Labels);
        AddUnknown(notes, "the prediction", filter.Prediction, index.Predictions);
        AddUnknown(notes, "the baseline's prediction", filter.BaselinePrediction, index.BaselinePredictions);
        AddUnknown(notes, "the finish reason", filter.FinishReason, index.FinishReasons, index.BaselineFinishReasons);
        foreach (var (name, value) in filter.Tags)
        {
            if (index.Tags.TryGetValue(name, out var column))
            {
                AddUnknown(notes, $"a tag '{NearestName.Shown(name)}' with the value", value, column);
            }
            else if (!index.HasMoreTags)
            {
                notes.Add(Describe("a tag", name, index.Tags.Keys));
            }
        }

        if (index.IsCut)
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only the first {index.Count:N0} of the run's {index.SamplesOfRun:N0} samples can be found here. "
                        + $"The file samples.jsonl has all of them."
                )
            );
        }

        return notes;
    }

    private static void AddUnknown(List<string> notes, string what, string? value, params ReadOnlySpan<ValueColumn> columns)
    {
        if (value is null)
        {
            return;
        }

        var known = new List<string>();
        foreach (var column in columns)
        {
            if (column.HasOther || column.Find(value) != ValueColumn.Other)
            {
                return;
            }

            known.AddRange(column.Values);
        }

        notes.Add(Describe(what, value, known));
    }

    private static string Describe(string what, string value, IEnumerable<string> known) =>
        $"No sample has {what} '{NearestName.Shown(value)}'."
        + (NearestName.Find(value, known) is { } nearest ? $" The closest is '{nearest}'." : "");
}
