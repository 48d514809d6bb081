using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.ExactMatch;

/// <summary>
/// How two texts are normalised before they are compared. The first four options are those of lm-evaluation-harness' <c>exact_match</c>,
/// applied in this order.
/// </summary>
internal sealed record ExactMatchOptions
{
    /// <summary>
    /// Matches of these expressions are removed; a text in which they take longer than <see cref="AnswerPattern.Timeout"/> to find equals
    /// none.
    /// </summary>
    public IReadOnlyList<Regex> RegexesToIgnore { get; init; } = [];

    /// <summary>
    /// How long all of them may take in all texts of a sample; references that are not reached by then are not equal. Far more than a busy
    /// machine needs. Default 30 times the limit of one text.
    /// </summary>
    public TimeSpan MaxTime { get; init; } = 30 * AnswerPattern.Timeout;

    /// <summary>Letter case.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>ASCII punctuation and symbols are removed.</summary>
    public bool IgnorePunctuation { get; init; }

    /// <summary>ASCII digits are removed.</summary>
    public bool IgnoreNumbers { get; init; }

    /// <summary>The English articles are removed as words.</summary>
    public bool IgnoreArticles { get; init; }

    /// <summary>White space at the ends is removed, and any run of it elsewhere is one space.</summary>
    public bool IgnoreWhitespace { get; init; }
}

/// <summary>The share of samples whose answer equals one of the references after normalisation; an unparsable answer equals none.</summary>
internal sealed class ExactMatchMetric(ExactMatchOptions options) : Metric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("exact_match", MetricSubjects.Answer, Create) { Numbers = [new("exact_match", MetricUnit.Share, "Exact match")] };

    private static ExactMatchMetric Create(OptionReader options, MetricContext context)
    {
        var regexes = new List<Regex>();
        foreach (var (index, pattern) in (options.Texts("regexes_to_ignore", SpecLimits.MaxPattern) ?? []).Index())
        {
            try
            {
                regexes.Add(AnswerPattern.Compile(pattern));
            }
            catch (RegexParseException invalid)
            {
                throw options.Wrong(
                    "regexes_to_ignore",
                    $"has at [{index}] what is not usable as a .NET regular expression: {invalid.Error} at character {invalid.Offset + 1}"
                );
            }
        }

        return new ExactMatchMetric(
            new ExactMatchOptions
            {
                RegexesToIgnore = regexes,
                IgnoreCase = options.Bool("ignore_case"),
                IgnorePunctuation = options.Bool("ignore_punctuation"),
                IgnoreNumbers = options.Bool("ignore_numbers"),
                IgnoreArticles = options.Bool("ignore_articles"),
                IgnoreWhitespace = options.Bool("ignore_whitespace"),
            }
        );
    }

    /// <inheritdoc/>
    public override string Name => "exact_match";

    /// <inheritdoc/>
    public override string Signature { get; } = string.Join('|', Describe(options));

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("exact_match", IsProportion: true) { SuccessIndex = 0 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[1] = 1;
        if (sample.Prediction is { } prediction)
        {
            var started = Stopwatch.GetTimestamp();
            var normalized = Normalize(prediction, started);
            statistic[0] =
                normalized is not null
                && sample.References.TakeWhile(_ => HasTime(started)).Any(reference => Normalize(reference, started) == normalized)
                    ? 1
                    : 0;
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];

    private static IEnumerable<string> Describe(ExactMatchOptions options)
    {
        static string YesNo(bool value) => value ? "yes" : "no";
        yield return $"ignore_case:{YesNo(options.IgnoreCase)}";
        yield return $"ignore_punctuation:{YesNo(options.IgnorePunctuation)}";
        yield return $"ignore_numbers:{YesNo(options.IgnoreNumbers)}";
        yield return $"ignore_articles:{YesNo(options.IgnoreArticles)}";
        yield return $"ignore_whitespace:{YesNo(options.IgnoreWhitespace)}";
        foreach (var regex in options.RegexesToIgnore)
        {
            yield return $"regex:{regex}";
        }

        yield return "version:lm_eval-0.4.13";
    }

    private bool HasTime(long started) => options.RegexesToIgnore.Count == 0 || Stopwatch.GetElapsedTime(started) <= options.MaxTime;

    private string? Normalize(string text, long started)
    {
        foreach (var regex in options.RegexesToIgnore)
        {
            if (!HasTime(started) || AnswerPattern.Remove(regex, text) is not { } rest)
            {
                return null;
            }

            text = rest;
        }

        text = options.IgnoreCase ? PythonText.Lower(text) : text;
        text = options.IgnorePunctuation ? Remove(text, PythonText.IsAsciiPunctuation) : text;
        text = options.IgnoreNumbers ? Remove(text, char.IsAsciiDigit) : text;
        text = options.IgnoreArticles ? Articles.Remove(text) : text;
        return options.IgnoreWhitespace ? string.Join(' ', PythonText.Split(text)) : text;
    }

    private static string Remove(string text, Func<char, bool> isRemoved)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!isRemoved(c))
            {
                kept.Append(c);
            }
        }

        return kept.ToString();
    }
}
