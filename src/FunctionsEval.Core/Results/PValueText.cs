using System.Globalization;

namespace FunctionsEval.Core.Results;

/// <summary>Interprets and formats p-values, for reports, commands and warnings.</summary>
public static class PValueText
{
    /// <summary>The name of the bootstrap's test in tables and summaries.</summary>
    public const string BootstrapTest = "bootstrap_t";

    /// <summary>The name of McNemar's exact test in tables and summaries.</summary>
    public const string ExactTest = "mcnemar_exact";

    /// <summary>
    /// Whether a p-value is only an upper bound: a bootstrap cannot give less than 2 ÷ (1 + replicates), however large the difference.
    /// </summary>
    /// <param name="p">The p-value before any correction.</param>
    /// <param name="test">The test behind it.</param>
    /// <param name="replicates">Bootstrap replicates.</param>
    public static bool IsBound(double p, string? test, int replicates) => test == BootstrapTest && p <= 2.0 / (1 + replicates) * (1 + 1e-9);

    /// <summary>A p-value as it is read: <c>≤ 0.002</c> for a bound, <c>&lt; 0.001</c> for one that three decimals would make 0.</summary>
    /// <param name="p">The p-value, corrected or not.</param>
    /// <param name="isBound">What <see cref="IsBound"/> says of it.</param>
    public static string Format(double p, bool isBound) =>
        isBound ? $"≤ {p.ToString("0.####", CultureInfo.InvariantCulture)}"
        : p < 0.001 ? "< 0.001"
        : p.ToString("0.000", CultureInfo.InvariantCulture);
}
