namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// TextRank: sentences are the vertices of a graph whose edges weigh how many words two sentences share, and the sentences with the highest
/// PageRank are chosen. Source: Mihalcea and Tarau, “TextRank: Bringing Order into Texts” (EMNLP 2004), section 4. Function words do not
/// count as shared words.
/// </summary>
/// <remarks>
/// With a <paramref name="leadBias"/> above 0 the random jump prefers early sentences, as in the personalised PageRank of Page, Brin,
/// Motwani and Winograd (1999): sentence i is jumped to in proportion to (i + 1)^-leadBias. 0 is plain TextRank.
/// </remarks>
internal sealed class TextRankSummariser(double leadBias) : ISummariser
{
    private const double Damping = 0.85;
    private const double Tolerance = 1e-6;
    private const int MaximumIterations = 200;

    private static readonly HashSet<string> FunctionWords = new(
        (
            "a about after all also an and any are as at be because been before but by can could did do does each for from had has have "
            + "he her his how "
            + "i if in into is it its more most must new no not now of on once one only or other our out over said says she since so "
            + "some such than that "
            + "the their them then there these they this those to two until up was were what when where which while who whom "
            + "will with would you"
        ).Split(' '),
        StringComparer.Ordinal
    );

    public string Summarise(string article, int sentences)
    {
        var all = SentenceSplitter.Split(article);
        var ranks = Rank(all);
        var chosen = Enumerable.Range(0, all.Count).OrderByDescending(index => ranks[index]).ThenBy(index => index).Take(sentences).Order();
        return string.Join(' ', chosen.Select(index => all[index]));
    }

    /// <summary>The PageRank of each sentence; the ranks sum to 1 unless there are no sentences.</summary>
    public double[] Rank(IReadOnlyList<string> sentences)
    {
        var count = sentences.Count;
        var words = sentences.Select(ContentWords).ToArray();
        var weights = new double[count, count];
        var outgoing = new double[count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                weights[i, j] = weights[j, i] = Similarity(words[i], words[j]);
                outgoing[i] += weights[i, j];
                outgoing[j] += weights[i, j];
            }
        }

        var jump = Enumerable.Range(0, count).Select(index => Math.Pow(index + 1, -leadBias)).ToArray();
        var jumpTotal = jump.Sum();
        for (var i = 0; i < count; i++)
        {
            jump[i] /= jumpTotal;
        }

        var ranks = (double[])jump.Clone();
        for (var iteration = 0; iteration < MaximumIterations; iteration++)
        {
            // A sentence that shares no word with any other passes its rank on by the jump alone.
            var stranded = Enumerable.Range(0, count).Where(index => outgoing[index] == 0).Sum(index => ranks[index]);
            var next = new double[count];
            for (var i = 0; i < count; i++)
            {
                var received = stranded * jump[i];
                for (var j = 0; j < count; j++)
                {
                    if (weights[j, i] > 0)
                    {
                        received += ranks[j] * weights[j, i] / outgoing[j];
                    }
                }
                next[i] = (1 - Damping) * jump[i] + Damping * received;
            }
            var change = Enumerable.Range(0, count).Sum(index => Math.Abs(next[index] - ranks[index]));
            ranks = next;
            if (change < Tolerance)
            {
                break;
            }
        }
        return ranks;
    }

    private static HashSet<string> ContentWords(string sentence) =>
        [.. TextTokenizer.Words(sentence).Where(word => !FunctionWords.Contains(word))];

    private static double Similarity(HashSet<string> left, HashSet<string> right)
    {
        // The logarithm of 1 is 0: two one-word sentences would divide by it.
        if (left.Count < 2 || right.Count < 2)
        {
            return 0;
        }

        return left.Count(right.Contains) / (Math.Log(left.Count) + Math.Log(right.Count));
    }
}
