using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Learns from training turns how to read one argument of a function. An argument whose values mostly stand in the user's text is the span
/// of words that a naive Bayes classifier finds likeliest by its words' shapes and neighbours; any other is the likeliest of the values
/// that were seen, by a naive Bayes classifier of the text.
/// </summary>
internal sealed partial class ArgumentReader
{
    private const string Slot = "slot";
    private const string Other = "other";
    private const int MaxWords = 3;

    private readonly bool _isNumber;
    private readonly bool _isAlwaysGiven;
    private readonly NaiveBayesClassifier _absence;
    private readonly NaiveBayesClassifier? _spans;
    private readonly NaiveBayesClassifier? _values;

    /// <param name="clauses">Texts that lead to a call of the function, each with the argument's value, null where it is not given.</param>
    public ArgumentReader(IReadOnlyList<(string Text, JsonElement? Value)> clauses)
    {
        var given = clauses.Where(clause => clause.Value is not null).Select(clause => (clause.Text, Value: clause.Value!.Value)).ToList();
        _isNumber = given.TrueForAll(clause => clause.Value.ValueKind == JsonValueKind.Number);
        _isAlwaysGiven = given.Count == clauses.Count;
        _absence = NaiveBayesClassifier.Train([
            .. clauses.Select(clause => new LabelledText(clause.Text, clause.Value is null ? Other : Slot)),
        ]);
        var spans = given.Select(clause => (clause.Text, Span: Find(Words(clause.Text), clause.Value.ToString()))).ToList();
        if (spans.Count(clause => clause.Span is not null) * 2 > given.Count)
        {
            _spans = NaiveBayesClassifier.Train([
                .. spans.Where(clause => clause.Span is not null).SelectMany(clause => Examples(Words(clause.Text), clause.Span!.Value)),
            ]);
        }
        else
        {
            _values = NaiveBayesClassifier.Train([.. given.Select(clause => new LabelledText(clause.Text, clause.Value.ToString()))]);
        }
    }

    /// <summary>The argument's value; null where the text does not give it.</summary>
    public object? Read(string text)
    {
        if (!_isAlwaysGiven && Likeliest(_absence, text) == Other)
        {
            return null;
        }

        var value = _spans is null ? Likeliest(_values!, text) : ReadSpan(Words(text));
        return value is null ? null
            : !_isNumber ? value
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : null;
    }

    private string? ReadSpan(string[] words)
    {
        var best = Spans(words)
            .Where(span => !_isNumber || (span.Length == 1 && char.IsDigit(words[span.Start][0])))
            .Select(span => (Span: span, Score: ScoreOf(words, span)))
            .OrderByDescending(span => span.Score)
            .FirstOrDefault();
        return best.Span.Length == 0 ? null : string.Join(' ', words.Skip(best.Span.Start).Take(best.Span.Length));
    }

    private double ScoreOf(string[] words, (int Start, int Length) span) =>
        _spans!.LogPosteriors(Features(words, span))[_spans.Labels.Index().First(label => label.Item == Slot).Index];

    private static string Likeliest(NaiveBayesClassifier classifier, string text)
    {
        var scores = classifier.LogPosteriors(text);
        return classifier.Labels[Array.IndexOf(scores, scores.Max())];
    }

    private static IEnumerable<LabelledText> Examples(string[] words, (int Start, int Length) slot) =>
        Spans(words).Select(span => new LabelledText(Features(words, span), span == slot ? Slot : Other));

    private static IEnumerable<(int Start, int Length)> Spans(string[] words) =>
        Enumerable
            .Range(0, words.Length)
            .SelectMany(start => Enumerable.Range(1, Math.Min(MaxWords, words.Length - start)).Select(length => (start, length)));

    private static (int Start, int Length)? Find(string[] words, string value)
    {
        var wanted = Words(value);
        foreach (var span in Spans(words).Where(span => span.Length == wanted.Length))
        {
            if (words.Skip(span.Start).Take(span.Length).SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase))
            {
                return span;
            }
        }

        return null;
    }

    /// <summary>
    /// What a span of words looks like, as words that the classifier takes: its neighbours, shapes, length and own words.
    /// </summary>
    private static string Features(string[] words, (int Start, int Length) span)
    {
        var end = span.Start + span.Length;
        List<string> features =
        [
            $"before{(span.Start > 0 ? words[span.Start - 1] : "start")}",
            $"after{(end < words.Length ? words[end] : "end")}",
            $"first{ShapeOf(words[span.Start])}",
            $"last{ShapeOf(words[end - 1])}",
            $"next{(end < words.Length ? ShapeOf(words[end]) : "end")}",
            $"length{span.Length}",
            .. words.Skip(span.Start).Take(span.Length).Select(word => $"in{word}"),
        ];
        return string.Join(' ', features);
    }

    private static string ShapeOf(string word) =>
        char.IsDigit(word[0]) ? "digits"
        : !char.IsUpper(word[0]) ? "small"
        : word.Length == 1 ? "letter"
        : "capital";

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();
}
