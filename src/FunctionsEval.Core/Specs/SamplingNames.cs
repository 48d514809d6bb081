using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Specs;

/// <summary>The values of sampling parameters as specs and requests have them.</summary>
public static class SamplingNames
{
    /// <summary>The effort's word.</summary>
    public static string NameOf(ReasoningEffort effort) => EnumNames<ReasoningEffort>.NameOf(effort);

    /// <summary>The summary's word.</summary>
    public static string NameOf(ReasoningSummary summary) => EnumNames<ReasoningSummary>.NameOf(summary);

    /// <summary>The verbosity's word.</summary>
    public static string NameOf(Verbosity verbosity) => EnumNames<Verbosity>.NameOf(verbosity);
}
