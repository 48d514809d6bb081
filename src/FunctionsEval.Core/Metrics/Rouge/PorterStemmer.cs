using System.Buffers;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// Porter's stemmer (Program 14, 1980) with the extensions of nltk 3.8's default mode: irregular forms, words of one or two letters
/// kept, <c>ies</c> and <c>ied</c> after one letter become <c>ie</c>, <c>y</c> becomes <c>i</c> only after a consonant that is not the
/// first letter, <c>alli</c>, <c>fulli</c> and <c>logi</c> in step 2, and the short-word rule for vowel–consonant words.
/// </summary>
internal static class PorterStemmer
{
    private static readonly (string Suffix, string Replacement)[] Step2Rules =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("izer", "ize"),
        ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"),
        ("eli", "e"),
        ("ousli", "ous"),
        ("ization", "ize"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("aliti", "al"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3Rules =
    [
        ("icate", "ic"),
        ("ative", ""),
        ("alize", "al"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
    ];

    private static readonly string[] Step4Suffixes =
    [
        "al",
        "ance",
        "ence",
        "er",
        "ic",
        "able",
        "ible",
        "ant",
        "ement",
        "ment",
        "ent",
        "ion",
        "ou",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
    ];

    // Most words end in no letter that any suffix of a step ends in.
    private static readonly SearchValues<char> Step2Letters = LastLetters(["logi", .. Step2Rules.Select(rule => rule.Suffix)]);
    private static readonly SearchValues<char> Step3Letters = LastLetters(Step3Rules.Select(rule => rule.Suffix));
    private static readonly SearchValues<char> Step4Letters = LastLetters(Step4Suffixes);

    /// <summary>The stem of a lower-case word.</summary>
    public static string Stem(string word)
    {
        var letters = word.ToCharArray();
        return new string(letters, 0, Stem(letters.AsSpan()).Length);
    }

    /// <summary>Puts the stem of a lower-case word in its place; it is never longer.</summary>
    public static Span<char> Stem(Span<char> word)
    {
        if (Irregular(word) is { } irregular)
        {
            irregular.CopyTo(word);
            return word[..irregular.Length];
        }

        return word.Length <= 2 ? word : Step5B(Step5A(Step4(Step3(Step2(Step1C(Step1B(Step1A(word))))))));
    }

    private static string? Irregular(ReadOnlySpan<char> word) =>
        word switch
        {
            "sky" or "skies" => "sky",
            "dying" => "die",
            "lying" => "lie",
            "tying" => "tie",
            "news" => "news",
            "inning" or "innings" => "inning",
            "outing" or "outings" => "outing",
            "canning" or "cannings" => "canning",
            "howe" => "howe",
            "proceed" => "proceed",
            "exceed" => "exceed",
            "succeed" => "succeed",
            _ => null,
        };

    private static Span<char> Step1A(Span<char> word)
    {
        if (Ends(word, "ies"))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        return Ends(word, "sses") ? word[..^2]
            : Ends(word, "s") && !Ends(word, "ss") ? word[..^1]
            : word;
    }

    private static Span<char> Step1B(Span<char> word)
    {
        if (Ends(word, "ied"))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        if (Ends(word, "eed"))
        {
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        }

        var removed =
            Ends(word, "ed") ? 2
            : Ends(word, "ing") ? 3
            : 0;
        var stem = word[..^removed];
        if (removed == 0 || !HasVowel(stem))
        {
            return word;
        }

        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
        {
            return AddE(word, stem.Length);
        }

        if (stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return Measure(stem) == 1 && EndsShort(stem) ? AddE(word, stem.Length) : stem;
    }

    /// <summary>The beginning of a word with an e after it, for which the rest of the word has room.</summary>
    private static Span<char> AddE(Span<char> word, int length)
    {
        word[length] = 'e';
        return word[..(length + 1)];
    }

    private static Span<char> Step1C(Span<char> word)
    {
        if (word.Length > 2 && word[^1] == 'y' && IsConsonant(word, word.Length - 2))
        {
            word[^1] = 'i';
        }

        return word;
    }

    private static Span<char> Step2(Span<char> word)
    {
        if (Ends(word, "alli") && Measure(word[..^4]) > 0)
        {
            return Step2(word[..^2]);
        }

        if (!Step2Letters.Contains(word[^1]))
        {
            return word;
        }

        foreach (var (suffix, replacement) in Step2Rules)
        {
            if (Ends(word, suffix))
            {
                return Replace(word, suffix, replacement);
            }
        }

        // The l counts as the stem's, so that short stems such as geo are measured with it.
        return Ends(word, "logi") && Measure(word[..^3]) > 0 ? word[..^1] : word;
    }

    private static Span<char> Step3(Span<char> word)
    {
        if (!Step3Letters.Contains(word[^1]))
        {
            return word;
        }

        foreach (var (suffix, replacement) in Step3Rules)
        {
            if (Ends(word, suffix))
            {
                return Replace(word, suffix, replacement);
            }
        }

        return word;
    }

    /// <summary>Replaces a suffix by one that is no longer, unless too little is before it.</summary>
    private static Span<char> Replace(Span<char> word, string suffix, string replacement)
    {
        var stem = word.Length - suffix.Length;
        if (Measure(word[..stem]) == 0)
        {
            return word;
        }

        replacement.CopyTo(word[stem..]);
        return word[..(stem + replacement.Length)];
    }

    private static Span<char> Step4(Span<char> word)
    {
        if (!Step4Letters.Contains(word[^1]))
        {
            return word;
        }

        foreach (var suffix in Step4Suffixes)
        {
            if (Ends(word, suffix))
            {
                var stem = word[..^suffix.Length];
                return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
            }
        }

        return word;
    }

    private static Span<char> Step5A(Span<char> word)
    {
        if (!Ends(word, "e"))
        {
            return word;
        }

        var stem = word[..^1];
        var measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsShort(stem)) ? stem : word;
    }

    private static Span<char> Step5B(Span<char> word) => Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;

    private static SearchValues<char> LastLetters(IEnumerable<string> suffixes) =>
        SearchValues.Create([.. suffixes.Select(suffix => suffix[^1])]);

    // Most words end otherwise, which their last letter tells.
    private static bool Ends(ReadOnlySpan<char> word, string suffix) =>
        word.Length >= suffix.Length && word[^1] == suffix[^1] && word.EndsWith(suffix);

    /// <summary>Whether a letter is a consonant: a y is one at the beginning of the word and after a vowel.</summary>
    private static bool IsConsonant(ReadOnlySpan<char> word, int i)
    {
        // Of several y in a row, every other one is a consonant.
        var first = i;
        while (first > 0 && word[first] == 'y')
        {
            first--;
        }

        var isFirstConsonant = word[first] is not ('a' or 'e' or 'i' or 'o' or 'u');
        return isFirstConsonant == ((i - first) % 2 == 0);
    }

    /// <summary>How often a vowel is followed by a consonant.</summary>
    private static int Measure(ReadOnlySpan<char> stem)
    {
        var measure = 0;
        var wasVowel = false;
        for (var i = 0; i < stem.Length; i++)
        {
            var isVowel = stem[i] == 'y' ? i > 0 && !wasVowel : !IsConsonant(stem, i);
            measure += wasVowel && !isVowel ? 1 : 0;
            wasVowel = isVowel;
        }

        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> stem)
    {
        for (var i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the word ends in consonant, vowel, consonant other than w, x, y, or is a vowel and a consonant.</summary>
    private static bool EndsShort(ReadOnlySpan<char> word)
    {
        var last = word.Length - 1;
        return (
                last >= 2
                && IsConsonant(word, last - 2)
                && !IsConsonant(word, last - 1)
                && IsConsonant(word, last)
                && word[last] is not ('w' or 'x' or 'y')
            ) || (last == 1 && !IsConsonant(word, 0) && IsConsonant(word, 1));
    }
}
