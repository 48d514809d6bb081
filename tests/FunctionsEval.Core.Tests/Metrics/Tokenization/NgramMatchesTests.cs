using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Tests.Metrics.Tokenization;

/// <summary>N-grams in common, against dictionaries of n-grams written out.</summary>
public sealed class NgramMatchesTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(40, 2)]
    [InlineData(60, 5)]
    [InlineData(60, 60)]
    [InlineData(300, 20)]
    public void Matches_are_those_of_counts_by_text(int length, int alphabet)
    {
        var ngrams = new NgramMatches();
        var sequences = new TokenSequences();
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var answer = Words(random, random.Next(length + 1), alphabet);
            List<string[]> references = [];
            for (var reference = random.Next(1, 4); reference > 0; reference--)
            {
                references.Add(random.Next(3) == 0 ? Words(random, random.Next(length + 1), alphabet) : Changed(random, answer, alphabet));
            }

            sequences.Clear();
            foreach (var words in references.Prepend(answer))
            {
                Array.ForEach(words, word => sequences.Add(word));
                sequences.EndSequence();
            }

            var matches = new long[9];
            ngrams.Count(sequences, answer: 0, firstReference: 1, references.Count, matches);

            Assert.Equal(Enumerable.Range(1, 9).Select(order => Expected(answer, references, order)), matches);
        }
    }

    private static long Expected(string[] answer, List<string[]> references, int order)
    {
        var counts = references.ConvertAll(reference => Counts(reference, order));
        return Counts(answer, order).Sum(ngram => Math.Min(ngram.Value, counts.Max(reference => reference.GetValueOrDefault(ngram.Key))));
    }

    private static Dictionary<string, long> Counts(string[] words, int order) =>
        Enumerable
            .Range(0, Math.Max(0, words.Length - order + 1))
            .GroupBy(start => string.Join(' ', words[start..(start + order)]))
            .ToDictionary(group => group.Key, group => (long)group.Count());

    private static string[] Words(Random random, int length, int alphabet) =>
        [.. Enumerable.Range(0, length).Select(_ => $"w{random.Next(alphabet)}")];

    private static string[] Changed(Random random, string[] words, int alphabet) =>
        [
            .. words
                .Where(_ => random.Next(10) > 0)
                .Select(word => random.Next(6) == 0 ? $"w{random.Next(alphabet)}" : word)
                .Skip(random.Next(3)),
        ];
}
