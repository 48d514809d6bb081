using System.Runtime.InteropServices;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// An n-gram model of tokens, up to trigrams, smoothed by interpolation: P_n(w|h) = λ·count(h,w)/count(h) + (1−λ)·P_{n−1}(w|h′), down to
/// the uniform distribution. The weight λ depends on the order and on how often the history h was seen, and maximises the likelihood of
/// every tenth training row, held out, by expectation maximisation; the counts are then taken from all rows. Source: Jelinek and Mercer,
/// “Interpolated Estimation of Markov Source Parameters from Sparse Data” (1980), in the form of Chen and Goodman, “An Empirical Study of
/// Smoothing Techniques for Language Modeling” (1999), section 2.3.
/// </summary>
/// <remarks>
/// The vocabulary is every token (with the white space before it, see <see cref="TextTokenizer"/>) that occurs at
/// least twice. The rarer ones stand for the unknown token, whose probability is multiplied by that of its spelling
/// (<see cref="CharacterModel"/>) among the spellings outside the vocabulary. Given a history, the known tokens,
/// the end and all unknown spellings together therefore have a probability of 1. A little of it goes to spellings
/// that the tokenizer never makes; perplexity is so never better than it should be.
/// </remarks>
internal sealed class NgramLanguageModel
{
    public const int Unknown = 0;
    public const int End = 1;

    private const int MaxOrders = 3;
    private const int HeldOutEvery = 10;
    private const int Iterations = 50;
    private const double LargestWeight = 0.9999;

    /// <summary>A history seen 0, 1, 2–3, 4–9, 10–29, 30–99 or more times: the lower bound of each bucket of weights.</summary>
    private static readonly int[] BucketStarts = [0, 1, 2, 4, 10, 30, 100];

    private readonly int _order;
    private readonly List<string> _tokens = ["", "<|endoftext|>"];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, int), Followers>[] _followers =
    [
        [],
        [],
        [],
    ];
    private readonly double[,] _weights = new double[MaxOrders, BucketStarts.Length];
    private readonly double[] _unigrams;
    private readonly CharacterModel _spelling;
    private readonly double _logUnknownSpellings;

    private NgramLanguageModel(IReadOnlyList<IReadOnlyList<string>> rows, int order, double[,]? weights)
    {
        _order = order;
        foreach (var (token, count) in rows.SelectMany(row => row).CountBy(token => token, StringComparer.Ordinal))
        {
            if (count < 2)
            {
                continue;
            }

            _ids.Add(token, _tokens.Count);
            _tokens.Add(token);
        }
        _spelling = CharacterModel.Train(_ids.Keys);
        _logUnknownSpellings = Math.Log(1 - _ids.Keys.Sum(token => Math.Exp(_spelling.LogProbability(token))));

        foreach (var row in rows)
        {
            var history = History.Start;
            foreach (var id in row.Select(IdOf).Append(End))
            {
                for (var n = 0; n < order; n++)
                {
                    var key = history.Last(n);
                    if (!_followers[n].TryGetValue(key, out var followers))
                    {
                        _followers[n][key] = followers = new Followers();
                    }

                    followers.Add(id);
                }
                history = history.Then(id);
            }
        }

        _unigrams = new double[_tokens.Count];
        if (weights is not null)
        {
            UseWeights(weights);
        }
    }

    /// <summary>The number of distinct events: the known tokens, the unknown token and the end.</summary>
    public int Events => _tokens.Count;

    /// <param name="texts">The training rows, at least ten, so that one can be held out.</param>
    /// <param name="order">1 for a unigram model, 2 for bigrams, 3 for trigrams.</param>
    /// <exception cref="ArgumentException">There are fewer than ten rows.</exception>
    public static NgramLanguageModel Train(IReadOnlyList<string> texts, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrders);
        if (texts.Count < HeldOutEvery)
        {
            throw new ArgumentException(
                $"An n-gram model needs at least {HeldOutEvery} training rows, there are {texts.Count}.",
                nameof(texts)
            );
        }

        var rows = texts.Select(TextTokenizer.Tokenize).ToArray();
        var counted = new NgramLanguageModel([.. rows.Where((_, index) => index % HeldOutEvery != 0)], order, weights: null);
        counted.FitWeights([.. rows.Where((_, index) => index % HeldOutEvery == 0)]);
        return new NgramLanguageModel(rows, order, counted._weights);
    }

    public string TextOf(int id) => _tokens[id];

    public int IdOf(string token) => _ids.GetValueOrDefault(token, Unknown);

    /// <summary>The probability of an event after a history.</summary>
    public double Probability(History history, int id) => Probability(history, id, _order);

    /// <summary>The probability of every event after a history, by id; they sum to 1.</summary>
    public double[] Distribution(History history)
    {
        var distribution = (double[])_unigrams.Clone();
        for (var n = 1; n < _order; n++)
        {
            if (!_followers[n].TryGetValue(history.Last(n), out var followers))
            {
                continue;
            }

            var weight = _weights[n, Bucket(followers.Total)];
            for (var id = 0; id < distribution.Length; id++)
            {
                distribution[id] *= 1 - weight;
            }

            foreach (var (id, count) in followers.Counts)
            {
                distribution[id] += weight * count / followers.Total;
            }
        }
        return distribution;
    }

    /// <summary>The log probability of a token after a history, an unknown one's including its spelling.</summary>
    public double LogProbability(History history, string token)
    {
        var id = IdOf(token);
        var logProbability = Math.Log(Probability(history, id));
        return id == Unknown ? logProbability + _spelling.LogProbability(token) - _logUnknownSpellings : logProbability;
    }

    private static int Bucket(int total)
    {
        var bucket = BucketStarts.Length - 1;
        while (BucketStarts[bucket] > total)
        {
            bucket--;
        }

        return bucket;
    }

    private double Probability(History history, int id, int order)
    {
        var probability = 1.0 / Events;
        for (var n = 0; n < order; n++)
        {
            if (!_followers[n].TryGetValue(history.Last(n), out var followers))
            {
                continue;
            }

            var weight = _weights[n, Bucket(followers.Total)];
            probability = weight * followers.Counts.GetValueOrDefault(id) / followers.Total + (1 - weight) * probability;
        }
        return probability;
    }

    /// <summary>Fits the weights from the lowest order up, since an order's weights depend on the ones below only.</summary>
    private void FitWeights(IReadOnlyList<IReadOnlyList<string>> heldOut)
    {
        for (var n = 0; n < _order; n++)
        {
            var events = BucketStarts.Select(_ => new List<(double Relative, double Lower)>()).ToArray();
            foreach (var row in heldOut)
            {
                var history = History.Start;
                foreach (var id in row.Select(IdOf).Append(End))
                {
                    if (_followers[n].TryGetValue(history.Last(n), out var followers))
                    {
                        var relative = (double)followers.Counts.GetValueOrDefault(id) / followers.Total;
                        events[Bucket(followers.Total)].Add((relative, Probability(history, id, n)));
                    }
                    history = history.Then(id);
                }
            }
            for (var bucket = 0; bucket < events.Length; bucket++)
            {
                _weights[n, bucket] = Fit(events[bucket]);
            }
        }
    }

    private static double Fit(List<(double Relative, double Lower)> events)
    {
        var weight = 0.5;
        if (events.Count == 0)
        {
            return weight;
        }

        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var responsibility = events.Sum(e => weight * e.Relative / (weight * e.Relative + (1 - weight) * e.Lower));
            // Below 1, or an event that training never showed would become impossible.
            weight = Math.Min(responsibility / events.Count, LargestWeight);
        }
        return weight;
    }

    private void UseWeights(double[,] weights)
    {
        Array.Copy(weights, _weights, weights.Length);
        for (var id = 0; id < _unigrams.Length; id++)
        {
            _unigrams[id] = Probability(History.Start, id, order: 1);
        }
    }

    /// <summary>The two events before a position.</summary>
    internal readonly record struct History(int BeforeLast, int Previous)
    {
        private const int Nothing = -1;

        /// <summary>Before the first token of a row.</summary>
        public static readonly History Start = new(Nothing, Nothing);

        public History Then(int id) => new(Previous, id);

        /// <summary>The last <paramref name="length"/> events as a key; the places before them are equal for all keys.</summary>
        public (int, int) Last(int length) =>
            length switch
            {
                0 => (Nothing, Nothing),
                1 => (Nothing, Previous),
                _ => (BeforeLast, Previous),
            };
    }

    private sealed class Followers
    {
        public Dictionary<int, int> Counts { get; } = [];

        public int Total { get; private set; }

        public void Add(int id)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Counts, id, out _)++;
            Total++;
        }
    }
}
