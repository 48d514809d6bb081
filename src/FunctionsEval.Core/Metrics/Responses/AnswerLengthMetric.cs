using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>
/// Mean length of the model's texts, without reasoning: characters as Python's <c>len</c> counts them (Unicode code points), and words
/// as <c>str.split()</c> separates them. An answer that only calls tools has none of either.
/// </summary>
internal sealed class AnswerLengthMetric() : ResponseMetric("answer_characters", "answer_words")
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("answer_length", MetricSubjects.Response, (_, _) => new AnswerLengthMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers =
            [
                new("answer_characters", MetricUnit.Characters, "Answer length"),
                new("answer_words", MetricUnit.Words, "Answer length"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "answer_length";

    /// <inheritdoc/>
    public override string Signature => "characters:code_points|words:white_space|reasoning:no";

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.ResponseText is { } text)
        {
            statistic[Measured] = 1;
            statistic[FirstOwn] = CountCharacters(text);
            statistic[FirstOwn + 1] = CountWords(text);
        }
    }

    private static int CountCharacters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static int CountWords(string text)
    {
        var (count, isInWord) = (0, false);
        foreach (var character in text)
        {
            var isWord = !PythonText.IsWhiteSpace(character);
            count += isWord && !isInWord ? 1 : 0;
            isInWord = isWord;
        }

        return count;
    }
}
