using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>The same type and the same value: numbers by value, strings character by character.</summary>
internal sealed class ExactComparer : ScalarComparer
{
    public static readonly ExactComparer Instance = new();

    private ExactComparer() { }

    public override string Signature => "exact";

    protected override bool AreScalarsEqual(JsonElement reference, JsonElement answer) => AreSame(reference, answer);
}

/// <summary>
/// The same text after normalisation: lower case, one space for each run of white space and none at the ends. A number or a boolean is the
/// text that JSON has for it. Letters are compared as they are coded: composed and decomposed ones differ.
/// </summary>
internal sealed class TextComparer(bool matchCase, bool ignorePunctuation) : ScalarComparer
{
    public override string Signature { get; } = $"text{(matchCase ? "+case" : "")}{(ignorePunctuation ? "-punctuation" : "")}";

    public static TextComparer Create(OptionReader options) => new(options.Bool("match_case"), options.Bool("ignore_punctuation"));

    protected override bool AreScalarsEqual(JsonElement reference, JsonElement answer) => Normalize(reference) == Normalize(answer);

    private string Normalize(JsonElement value)
    {
        JsonText.TryRead(value, out var text);
        text = value.ValueKind == JsonValueKind.Number ? JsonNumberText.Canonicalize(text) : text;
        text = matchCase ? text : PythonText.Lower(text);
        text = ignorePunctuation ? string.Concat(text.Where(c => !char.IsPunctuation(c))) : text;
        return string.Join(' ', PythonText.Split(text));
    }
}

/// <summary>
/// Numbers that are no further apart than a tolerance: |answer − reference| ≤ max(absolute, relative × |reference|). A string that is a
/// number and nothing else counts as one; other values are compared exactly.
/// </summary>
internal sealed class NumberComparer(decimal absolute, decimal relative) : ScalarComparer
{
    private readonly NumberTolerance _tolerance = new((double)absolute, (double)relative);

    public override string Signature { get; } =
        string.Create(CultureInfo.InvariantCulture, $"number:absolute={absolute:G29},relative={relative:G29}");

    public static NumberComparer Create(OptionReader options) => new(Tolerance(options, "absolute"), Tolerance(options, "relative"));

    protected override bool AreScalarsEqual(JsonElement reference, JsonElement answer) =>
        Number(reference) is { } expected && Number(answer) is { } given
            ? expected == given || ((absolute > 0 || relative > 0) && _tolerance.IsWithin(expected, given))
            : AreSame(reference, answer);

    private static decimal Tolerance(OptionReader options, string name) => (decimal)(options.Number(name, 0, 1e12) ?? 0);

    private static string? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => JsonNumberText.Canonicalize(value.GetRawText()),
            JsonValueKind.String => JsonNumberText.TryRead(value.GetString()),
            _ => null,
        };
}

/// <summary>What is not compared at all.</summary>
internal sealed class IgnoringComparer : ValueComparer
{
    public static readonly IgnoringComparer Instance = new();

    private IgnoringComparer() { }

    public override string Signature => "ignore";

    public override bool AreEqual(JsonElement reference, JsonElement answer) => true;

    public override UnitCounts Count(JsonElement reference, JsonElement answer) => default;
}
