using System.Globalization;

namespace FunctionsEval.Core.Metrics.Bleu;

/// <summary>How BLEU replaces a precision of zero (Chen and Cherry, WMT 2014).</summary>
internal enum BleuSmoothing
{
    /// <summary>Not at all: a precision of zero makes the score zero.</summary>
    None,

    /// <summary>A small count instead of zero (their method 1).</summary>
    Floor,

    /// <summary>Adds to counts and totals above unigrams (their method 2).</summary>
    AddK,

    /// <summary>Halves with every order without a match (their method 3, NIST's).</summary>
    Exp,
}

/// <summary>The options of BLEU, named and defaulted as in sacrebleu 2.6.0.</summary>
internal sealed record BleuOptions
{
    public static readonly IReadOnlyDictionary<string, BleuSmoothing> SmoothingByName = new Dictionary<string, BleuSmoothing>(
        StringComparer.Ordinal
    )
    {
        ["none"] = BleuSmoothing.None,
        ["floor"] = BleuSmoothing.Floor,
        ["add-k"] = BleuSmoothing.AddK,
        ["exp"] = BleuSmoothing.Exp,
    };

    /// <summary>Tokenizer. Default <c>13a</c>.</summary>
    public string Tokenize { get; init; } = "13a";

    /// <summary>Whether text is lowercased first. Default false.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Smoothing. Default <c>exp</c>.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exp;

    /// <summary>The smoothing's number; null for its default: 0.1 for floor, 1 for add-k.</summary>
    public double? SmoothingValue { get; init; }

    /// <summary>Longest n-gram. Default 4.</summary>
    public int MaxNgramOrder { get; init; } = 4;

    /// <summary>Whether orders without n-grams are left out of the mean. Default false.</summary>
    public bool EffectiveOrder { get; init; }

    /// <summary>The number smoothing uses.</summary>
    public double EffectiveSmoothingValue => SmoothingValue ?? (Smoothing == BleuSmoothing.Floor ? 0.1 : 1);

    /// <summary>The signature in sacrebleu's notation, without the number of references, which differs by sample.</summary>
    public string Signature()
    {
        var smoothing = SmoothingByName.First(pair => pair.Value == Smoothing).Key;
        if (Smoothing is BleuSmoothing.Floor or BleuSmoothing.AddK)
        {
            smoothing += string.Create(CultureInfo.InvariantCulture, $"[{EffectiveSmoothingValue:F2}]");
        }

        return $"case:{(Lowercase ? "lc" : "mixed")}|eff:{(EffectiveOrder ? "yes" : "no")}|tok:{Tokenize}|smooth:{smoothing}|version:2.6.0";
    }
}
