namespace FunctionsEval.Core.Results.Overview;

/// <summary>What people read for the reading of a difference.</summary>
public static class ReadingWords
{
    /// <summary>The words for a reading.</summary>
    /// <param name="reading">The reading.</param>
    public static string TextOf(MetricReading reading) =>
        reading switch
        {
            MetricReading.Better => "better",
            MetricReading.Worse => "worse",
            MetricReading.NoClearDifference => "no clear change",
            MetricReading.ToLookAt => "clear change",
            _ => MetricReadings.NameOf(reading),
        };
}
