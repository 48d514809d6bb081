using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>The first group (or the whole match) of a regular expression that must match exactly once.</summary>
internal sealed class RegexMethod(string pattern, AnswerLabels labels) : AnswerMethod
{
    private readonly Regex _pattern = AnswerPattern.Compile(pattern);

    public override LabelSpellings Spellings { get; } = new(labels.Spellings, labels.Comparison, "");

    public override ParseResult Read(string text) =>
        AnswerPattern.ReadInTime<ParseResult>(
            () =>
            {
                var match = _pattern.Match(text);
                if (!match.Success)
                {
                    return new Unparsable(UnparsableReasons.NoMatch);
                }

                if (match.NextMatch().Success)
                {
                    return new Unparsable(UnparsableReasons.SeveralMatches);
                }

                return ValueOf(match) is { } value ? labels.Close(value.Value) : new Unparsable(UnparsableReasons.NoMatch);
            },
            late: new Unparsable(UnparsableReasons.MatchTimeout)
        );

    /// <summary>Takes the last match.</summary>
    public override string? ReadLeniently(string text) =>
        AnswerPattern.Matches(_pattern, text).LastOrDefault() is { } match && ValueOf(match) is { } value
            ? labels.CloseLeniently(value.Value)
            : null;

    public override int? LabelStart(string text) => AnswerPattern.Find(_pattern, text) is { } match ? ValueOf(match)?.Index : null;

    /// <summary>The match, or the group that took part in it: an alternation has a group for each branch.</summary>
    private static Group? ValueOf(Match match) =>
        match.Groups.Count == 1 ? match : match.Groups.Values.Skip(1).FirstOrDefault(group => group.Success);
}
