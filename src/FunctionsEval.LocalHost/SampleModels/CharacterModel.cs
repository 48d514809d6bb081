namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// The probability that an unknown token is spelled in a given way: a character bigram model with an end symbol, smoothed by the method of
/// Witten and Bell (“The Zero-Frequency Problem”, 1991, method C) down to a uniform distribution over all Unicode scalar values, so that
/// every spelling has a probability above 0.
/// </summary>
internal sealed class CharacterModel
{
    /// <summary>Follows the last character of a token, and stands for the place before the first one.</summary>
    public const int Boundary = -1;

    /// <summary>Unicode has 1,112,064 scalar values; the boundary is one more symbol.</summary>
    private const double Symbols = 1_112_064 + 1;

    private readonly Dictionary<int, int> _counts = [];
    private readonly Dictionary<int, Dictionary<int, int>> _followers = [];
    private readonly Dictionary<int, int> _followerTotals = [];
    private int _total;

    private CharacterModel() { }

    /// <summary>
    /// Counts each distinct spelling once: an unknown token resembles the vocabulary's entries rather than running text, which is full of
    /// the same few words.
    /// </summary>
    public static CharacterModel Train(IEnumerable<string> spellings)
    {
        var model = new CharacterModel();
        foreach (var spelling in spellings)
        {
            var previous = Boundary;
            foreach (var symbol in SymbolsOf(spelling))
            {
                model.Add(previous, symbol);
                previous = symbol;
            }
        }
        return model;
    }

    /// <summary>The log probability of a spelling among all sequences of characters that end.</summary>
    public double LogProbability(string spelling)
    {
        var logProbability = 0.0;
        var previous = Boundary;
        foreach (var symbol in SymbolsOf(spelling))
        {
            logProbability += Math.Log(Probability(previous, symbol));
            previous = symbol;
        }
        return logProbability;
    }

    /// <summary>The probability of a scalar value or of <see cref="Boundary"/> after another; they sum to 1.</summary>
    public double Probability(int previous, int symbol)
    {
        var distinct = _counts.Count;
        var probability = (_counts.GetValueOrDefault(symbol) + distinct / Symbols) / (_total + distinct);
        if (_total == 0)
        {
            probability = 1 / Symbols;
        }

        if (!_followers.TryGetValue(previous, out var followers))
        {
            return probability;
        }

        return (followers.GetValueOrDefault(symbol) + followers.Count * probability) / (_followerTotals[previous] + followers.Count);
    }

    private static IEnumerable<int> SymbolsOf(string spelling) => spelling.EnumerateRunes().Select(rune => rune.Value).Append(Boundary);

    private void Add(int previous, int symbol)
    {
        _total++;
        _counts[symbol] = _counts.GetValueOrDefault(symbol) + 1;
        if (!_followers.TryGetValue(previous, out var followers))
        {
            _followers[previous] = followers = [];
        }

        followers[symbol] = followers.GetValueOrDefault(symbol) + 1;
        _followerTotals[previous] = _followerTotals.GetValueOrDefault(previous) + 1;
    }
}
