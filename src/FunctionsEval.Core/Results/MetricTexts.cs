using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Core.Results;

/// <summary>The texts that people read beside a number: <c>GET /api/evaluations/{runId}/metrics</c>.</summary>
internal static class MetricTexts
{
    /// <summary>The texts, each by the name of its member; those that there are.</summary>
    /// <param name="line">The number.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static IReadOnlyList<(string Name, string Text)> From(MetricValue line, string currency)
    {
        var words = MetricWords.Find(line.Name);
        var text = new NumberText(words.Unit, currency);
        var figure = FigureTexts.Figure(text, line);
        var difference = FigureTexts.Difference(text, line);
        (string Name, string? Text)[] all =
        [
            ("label", words.In(line.Slice)),
            ("unit", EnumNames<MetricUnit>.NameOf(words.Unit)),
            ("group", MetricWords.GroupOf(line.Name, line.Slice)),
            ("text", figure.Text),
            ("intervalText", figure.IntervalText),
            ("differenceText", difference?.Text),
            ("differenceIntervalText", difference?.IntervalText),
            ("pText", difference?.PText),
            ("readingText", difference?.ReadingText),
        ];
        return [.. all.Where(member => member.Text is not null).Select(member => (member.Name, member.Text!))];
    }
}
