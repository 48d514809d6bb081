using FunctionsEval.Core.Buffers;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// Summary-level ROUGE-L: for each target line the union over prediction lines of one longest common subsequence each, a token counting
/// no more often than it occurs on either side (section 3.2 of the paper, and ROUGE 1.5.5). Equal lines are compared once. One instance
/// serves many pairs, but not several threads at once.
/// </summary>
internal sealed class SummaryScorer
{
    private const int Target = 0;
    private const int Prediction = 1;

    private readonly TokenSequences _lines = new();
    private ReusedBuffer<bool> _isPredicted;
    private ReusedBuffer<bool> _isInUnion;
    private ReusedBuffer<int> _remainingTarget;
    private ReusedBuffer<int> _remainingPrediction;

    /// <summary>Scores a prediction.</summary>
    /// <param name="tokenizer">Cuts the lines into tokens.</param>
    /// <param name="target">The text that is expected.</param>
    /// <param name="prediction">The text that is scored.</param>
    /// <param name="workspace">Receives the lines' tokens after the sequences that it holds.</param>
    public RougeScore Score(RougeTokenizer tokenizer, ReadOnlySpan<char> target, ReadOnlySpan<char> prediction, TextWorkspace workspace)
    {
        // Lines are numbered in the order in which they first occur, so that those of the target are the first ones.
        _lines.Clear();
        AddLines(target);
        var targetLines = _lines.TokenCount;
        AddLines(prediction);
        var first = workspace.Tokens.Count;
        for (var line = 0; line < _lines.TokenCount; line++)
        {
            tokenizer.Tokenize(_lines.TextOf(line), workspace);
        }

        var sentences = new Sentences(workspace.Tokens, first);
        var isInUnion = _isInUnion.TakeCleared(sentences.StartOf(targetLines));
        MarkUnions(sentences, targetLines, workspace.Common, isInUnion);
        return CountHits(sentences, isInUnion);
    }

    private void AddLines(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('\n'))
        {
            if (!text[range].IsEmpty)
            {
                _lines.Add(text[range]);
            }
        }

        _lines.EndSequence();
    }

    /// <summary>
    /// Marks, for each different line of the target, which of its tokens are in a longest common subsequence with any of the prediction's.
    /// </summary>
    private void MarkUnions(Sentences sentences, int targetLines, LongestCommonSubsequence common, Span<bool> isInUnion)
    {
        var isPredicted = _isPredicted.TakeCleared(_lines.TokenCount);
        foreach (var line in _lines[Prediction])
        {
            isPredicted[line] = true;
        }

        common.Start(sentences.TokenCount);
        for (var predicted = 0; predicted < isPredicted.Length; predicted++)
        {
            if (!isPredicted[predicted])
            {
                continue;
            }

            common.SetPrediction(sentences[predicted]);
            for (var line = 0; line < targetLines; line++)
            {
                common.Mark(sentences[line], isInUnion[sentences.StartOf(line)..sentences.StartOf(line + 1)]);
            }
        }
    }

    private RougeScore CountHits(Sentences sentences, ReadOnlySpan<bool> isInUnion)
    {
        var remainingTarget = _remainingTarget.TakeCleared(sentences.TokenCount);
        var remainingPrediction = _remainingPrediction.TakeCleared(sentences.TokenCount);
        var expected = CountTokens(sentences, _lines[Target], remainingTarget);
        var predicted = CountTokens(sentences, _lines[Prediction], remainingPrediction);
        var hits = 0;
        foreach (var line in _lines[Target])
        {
            var sentence = sentences[line];
            var start = sentences.StartOf(line);
            for (var i = 0; i < sentence.Length; i++)
            {
                var token = sentence[i];
                if (isInUnion[start + i] && remainingTarget[token] > 0 && remainingPrediction[token] > 0)
                {
                    hits++;
                    remainingTarget[token]--;
                    remainingPrediction[token]--;
                }
            }
        }

        return RougeScore.FromHits(hits, predicted, expected);
    }

    private static int CountTokens(Sentences sentences, ReadOnlySpan<int> lines, Span<int> counts)
    {
        var all = 0;
        foreach (var line in lines)
        {
            all += sentences[line].Length;
            foreach (var token in sentences[line])
            {
                counts[token]++;
            }
        }

        return all;
    }

    /// <summary>The tokens of lines, by the lines' numbers.</summary>
    private readonly struct Sentences(TokenSequences tokens, int first)
    {
        public ReadOnlySpan<int> this[int line] => tokens[first + line];

        public int TokenCount => tokens.TokenCount;

        public int StartOf(int line) => tokens.StartOf(first + line) - tokens.StartOf(first);
    }
}
