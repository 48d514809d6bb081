using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing.Values;

/// <summary>A number in the notation that a spec states. What has two readings, or a unit that is not stated, is no number.</summary>
internal sealed partial class NumberValue : AnswerValue
{
    /// <summary>Maximum characters of a text that is one number.</summary>
    private const int MaxLength = 400;

    private const string Space = "[ \u00A0\u2009\u202F]";

    /// <summary>A character that no notation has within a number.</summary>
    private const string NoNumber = "·";

    private const string Quotes = "\"'`*_“”";

    private readonly NumberSpec _notation;
    private readonly ParsingSpec _parsing;
    private readonly Regex _number;

    /// <param name="parsing">The options, without a problem.</param>
    public NumberValue(ParsingSpec parsing)
    {
        _parsing = parsing;
        _notation = parsing.Number ?? new NumberSpec();
        _number = AnswerPattern.Compile(PatternOf(_notation));
    }

    /// <inheritdoc/>
    public override ParseResult Read(string text)
    {
        if (_notation.Marker is { } marker)
        {
            var at = text.LastIndexOf(marker, StringComparison.Ordinal);
            if (at < 0)
            {
                return new Unparsable(UnparsableReasons.NoMarker);
            }

            text = text[(at + marker.Length)..];
        }

        return _notation.Take == NumberPlace.Last ? ReadLast(text) : ReadPlain(text);
    }

    /// <summary>Reads a text that is one number, without a marker and whatever <see cref="NumberSpec.Take"/> says.</summary>
    /// <param name="text">The text.</param>
    public ParseResult ReadPlain(string text) => ReadWhole(Unquote(text.AsSpan().Trim()).Trim().ToString());

    /// <summary>The number that is the only one in the text, however often; words that begin with a letter (B2) are none.</summary>
    /// <inheritdoc/>
    public override string? ReadLeniently(string text)
    {
        string? only = null;
        foreach (var word in WordsWithDigits(LenientText.Normalize(text)))
        {
            if (ReadWhole(word) is not Parsed number || (only is not null && only != number.Value))
            {
                return null;
            }

            only = number.Value;
        }

        return only;
    }

    /// <inheritdoc/>
    public override string? ReadCanonical(string text) =>
        CanonicalNumber.TryRead(text, out var number) ? CanonicalNumber.Write(number) : null;

    private ParseResult ReadLast(string text) =>
        AnswerPattern.ReadInTime<ParseResult>(
            () => WordsWithDigits(text).LastOrDefault() is { } last ? ReadWhole(last) : new Unparsable(UnparsableReasons.NotANumber),
            late: new Unparsable(UnparsableReasons.MatchTimeout)
        );

    private ParseResult ReadWhole(string text)
    {
        if (text.Length is 0 or > MaxLength || Match(text) is not { } match)
        {
            return new Unparsable(UnparsableReasons.NotANumber);
        }

        var isPercent = match.Groups["percent"].Success;
        if ((isPercent && _notation.Percent == PercentReading.Refuse) || (match.Groups["sign"].Success && match.Groups["inner"].Success))
        {
            return new Unparsable(UnparsableReasons.NotANumber);
        }

        var whole = string.Concat(match.Groups["whole"].Value.Where(char.IsAsciiDigit));
        var decimals = match.Groups["decimals"].Value;
        var sign = match.Groups["sign"].Value is "-" or "−" || match.Groups["inner"].Value is "-" or "−" ? "-" : "";
        // A hundredth is taken in the exponent, so that 12 % is the number nearest to 0.12.
        var scale = isPercent && _notation.Percent == PercentReading.Divide ? -2 : 0;
        var exponent = match.Groups["exponent"] is { Success: true } given ? int.Parse(given.Value, CultureInfo.InvariantCulture) : 0;
        var number = double.Parse(
            string.Create(CultureInfo.InvariantCulture, $"{sign}{(whole.Length == 0 ? "0" : whole)}.{decimals}0e{exponent + scale}"),
            CultureInfo.InvariantCulture
        );
        return Math.Abs(number) <= CanonicalNumber.Max
            ? new Parsed(CanonicalNumber.Write(number))
            : new Unparsable(UnparsableReasons.NumberOutOfRange);
    }

    private Match? Match(string text) =>
        AnswerPattern.ReadInTime(() => _number.Match(text) is { Success: true } match ? match : null, late: null);

    /// <summary>
    /// The parts between white space, brackets and equals signs that have a digit, without quotes, currencies and the punctuation of the
    /// sentence around them. Parts that begin with a letter are names and not numbers. Groups of digits are one part whether or not a space
    /// stands between groups: else 1 234 would be read as 234.
    /// </summary>
    private IEnumerable<string> WordsWithDigits(string text)
    {
        var join = _notation.Thousands == DigitGroups.Space ? "" : NoNumber;
        text = SpacedGroups().Replace(text, match => string.Join(join, SpacePattern().Split(match.Value)));
        return AnswerPattern
            .Matches(WordPattern(), PercentGap().Replace(text, "%"))
            .Select(match => CurrencyPattern().Replace(match.Value, ""))
            .Select(word =>
                word.TrimEnd([.. Quotes, '.', ',', ';', ':', '!', '?', '。', '，']).TrimStart([.. Quotes, ',', ';', ':', '≈', '~'])
            )
            .Where(word => word.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && !char.IsLetter(word[0]));
    }

    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text) =>
        _parsing.StripQuotes && text is ['"', .., '"'] or ['\'', .., '\''] or ['`', .., '`'] or ['“', .., '”'] ? text[1..^1] : text;

    /// <summary>
    /// A sign, a unit, groups of digits or digits alone, decimals, an exponent of at most three digits, a unit or percent sign.
    /// </summary>
    private static string PatternOf(NumberSpec notation)
    {
        var units =
            notation.Units.Count == 0
                ? "[^\\s\\S]"
                : string.Join('|', notation.Units.OrderByDescending(unit => unit.Length).Select(Regex.Escape));
        var mark = notation.Thousands switch
        {
            DigitGroups.Comma => ",",
            DigitGroups.Apostrophe => "['’]",
            DigitGroups.Underscore => "_",
            DigitGroups.Space => Space,
            _ => null,
        };
        var groups = mark is null ? "" : $"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|";
        return $@"^(?<sign>[+\-−])?\s*(?:{units})?\s*(?<inner>[+\-−])?(?:(?<whole>{groups}[0-9]+)(?:\.(?<decimals>[0-9]+))?|\.(?<decimals>[0-9]+))(?:[eE](?<exponent>[+\-]?[0-9]{{1,3}}))?\s*(?:(?<percent>%)|{units})?$";
    }

    [GeneratedRegex(
        @"(?<![0-9])(?<![0-9][.,])[0-9]{1,3}(?:" + Space + @"[0-9]{3})+(?![0-9])",
        RegexOptions.CultureInvariant,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex SpacedGroups();

    [GeneratedRegex(Space, RegexOptions.CultureInvariant, AnswerPattern.TimeoutMilliseconds)]
    private static partial Regex SpacePattern();

    [GeneratedRegex(@"[^\s()\[\]{}<>|=]+", RegexOptions.CultureInvariant, AnswerPattern.TimeoutMilliseconds)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"\p{Sc}", RegexOptions.CultureInvariant, AnswerPattern.TimeoutMilliseconds)]
    private static partial Regex CurrencyPattern();

    [GeneratedRegex(@"(?<=[0-9])" + Space + "%", RegexOptions.CultureInvariant, AnswerPattern.TimeoutMilliseconds)]
    private static partial Regex PercentGap();
}
