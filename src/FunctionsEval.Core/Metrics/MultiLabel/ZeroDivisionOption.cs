using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>The option <c>zero_division</c>: what 0 ÷ 0 is, named as in scikit-learn.</summary>
internal static class ZeroDivisionOption
{
    /// <summary>0, 1, or NaN, which averages leave out.</summary>
    public static double Read(OptionReader options) =>
        options.Read("zero_division") switch
        {
            null => 0,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number is 0 or 1 => value.GetInt32(),
            { ValueKind: JsonValueKind.String } value when value.GetString() == "nan" => double.NaN,
            _ => throw options.Wrong("zero_division", "must be 0, 1 or \"nan\""),
        };

    /// <summary>The option in a signature's notation.</summary>
    public static string Describe(double zeroDivision) =>
        double.IsNaN(zeroDivision) ? "nan" : zeroDivision.ToString(CultureInfo.InvariantCulture);
}
