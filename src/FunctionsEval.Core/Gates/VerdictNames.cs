using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Gates;

/// <summary>The results of a gate as they are written in tables, summaries and reports.</summary>
public static class VerdictNames
{
    /// <summary>A result's written name: <c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</summary>
    public static string NameOf(VerdictResult result) => EnumNames<VerdictResult>.NameOf(result);

    /// <summary>The result of a written name; false when there is none of this name.</summary>
    public static bool TryParse(string name, out VerdictResult result) => EnumNames<VerdictResult>.TryGet(name, out result);
}
