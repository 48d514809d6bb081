using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Tests.Reports.Pages;

/// <summary>Labels and samples that a page has trouble with.</summary>
internal static class PageSamples
{
    /// <summary>A label as long and as hostile as one may be, then ordinary ones.</summary>
    public static IReadOnlyList<string> Labels(int count) =>
        [
            .. new[] { "<b>bold</b> & \"quoted\"", new string('x', 500) }
                .Concat(Enumerable.Range(0, count).Select(number => $"card_payment_problem_{number}"))
                .Take(count),
        ];

    /// <summary>A sample of which so many per cent are answered wrongly, always with a neighbouring label.</summary>
    public static EvaluatedSample Row(IReadOnlyList<string> labels, int number, int wrongBelow)
    {
        var (label, isWrong) = (number % labels.Count, (number / labels.Count * 37 % 100) < wrongBelow);
        var answer = labels[(label + (isWrong ? 1 + (number % 2) : 0)) % labels.Count];
        return new EvaluatedSample
        {
            Id = $"s{number}",
            Ordinal = number,
            Line = number + 1,
            Offset = number,
            Outcome = Outcome.Scored,
            Input =
                $"My card still hasn't arrived <b>after</b> {number} weeks. {ReportPages.Hostile} "
                + string.Concat(Enumerable.Repeat("And another thing, while I am writing to you. ", number % 12)),
            References = [labels[label]],
            Text = answer,
            Prediction = answer,
            Tags = new Dictionary<string, string>
            {
                ["language"] = (number % 3) switch
                {
                    0 => "de",
                    1 => "en",
                    _ => "a language with a long name",
                },
            },
            LabelProbabilities = new Dictionary<string, double> { [answer] = 0.6 + (0.4 * (number % 10) / 10) },
        };
    }

    public static EvaluatedSample Written(int number, int shared)
    {
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(word => word % 5 < shared ? $"word{word}" : $"other{word + number}"));
        return new EvaluatedSample
        {
            Id = number == 0 ? new string('i', 500) : $"s{number}",
            Ordinal = number,
            Line = number + 1,
            Offset = number,
            Outcome = Outcome.Scored,
            Input = $"Summarise: {text}",
            References = [string.Join(' ', Enumerable.Range(0, 200).Select(word => $"word{word}"))],
            Text = text,
            Prediction = text,
        };
    }

    public static async IAsyncEnumerable<double> ScoresOf(IReadOnlyList<AnswerPair> pairs)
    {
        foreach (var pair in pairs)
        {
            await Task.CompletedTask;
            yield return pair.Candidate.Ordinal / 100.0;
        }
    }
}
