using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Tests.Metrics.Tokenization;

/// <summary>Tokenizers that read a text once, against the substitutions that define them, one after the other.</summary>
public sealed class TokenizerRuleTests
{
    private static readonly string[] Pieces =
    [
        .. "the |a |an |cat|5|12| |\n|\t|-\n|\n-|.|,|..|-|'s |'s|'|&quot;|&amp;lt;|<skipped>|$|(|]|{|!|1,234.5|3.|x.5|"
            .Split('|')
            .Where(piece => piece.Length > 0),
        "猫",
        "、",
        "。",
        "，",
        "\u3000",
        "\u2009",
        "\u2028",
        "ﬁ",
        "½",
        "٣",
        "…",
        "€",
        "😀",
        "e\u0301",
        "a\u0301",
        "İ",
        "Σ",
        "A ",
        "The",
    ];

    [Fact]
    public void The_rules_of_mteval_v13a_are_kept() =>
        Check(
            TranslationTokenizer.ByName["13a"].Tokenize,
            text =>
                Split(
                    Western(
                        $" {Unescape(text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' '))} ",
                        separatesSymbols: true
                    )
                )
        );

    [Fact]
    public void The_rules_of_zh_are_kept() =>
        Check(
            TranslationTokenizer.ByName["zh"].Tokenize,
            text =>
            {
                var trimmed = string.Concat(text.SkipWhile(PythonText.IsWhiteSpace));
                return Split(Western(Regex.Replace(trimmed, "[\u2001-\u2a6d\u2e80-\u303f\u4e00-\u9fbb\uff00-\uffef]", " $0 "), true));
            }
        );

    [Fact]
    public void The_rules_of_intl_are_kept() =>
        Check(
            TranslationTokenizer.ByName["intl"].Tokenize,
            text =>
            {
                text = Regex.Replace(text, @"(\P{N})(\p{P})", "$1 $2 ");
                text = Regex.Replace(text, @"(\p{P})(\P{N})", " $1 $2");
                return Split(Regex.Replace(text, @"\p{S}", " $0 "));
            },
            // An expression of .NET sees two characters in it.
            piece => piece != "😀"
        );

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    public void The_rules_of_tercom_are_kept(bool normalized, bool noPunct, bool asian)
    {
        const string AsianPunctuation = "\u3001\u3002\uff0c";
        Check(
            new TokenizerTercom(
                new TercomOptions
                {
                    Normalized = normalized,
                    NoPunct = noPunct,
                    AsianSupport = asian,
                }
            ).Tokenize,
            text =>
            {
                text = PythonText.Lower(text);
                if (normalized)
                {
                    text = $" {Unescape(text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' '))} ";
                    text = Symbols(text).Replace("'s ", " 's ", StringComparison.Ordinal);
                    text = Western(text, separatesSymbols: false);
                    text = asian ? Regex.Replace(text, $"[\u4e00-\u9fff{AsianPunctuation}]", " $0 ") : text;
                }

                text = noPunct ? Regex.Replace(text, "[.,?:;!\"()]", "") : text;
                return Split(noPunct && asian ? Regex.Replace(text, $"[{AsianPunctuation}]", "") : text);
            }
        );
    }

    [Fact]
    public void Squad_takes_out_articles_between_word_boundaries() =>
        Check(
            text => [SquadText.Normalize(text)],
            text =>
            {
                var kept = new StringBuilder();
                foreach (var c in PythonText.Lower(text).Where(c => !PythonText.IsAsciiPunctuation(c)))
                {
                    kept.Append(c);
                }

                return [string.Join(' ', PythonText.Split(Articles.Remove(kept.ToString())))];
            }
        );

    private static string Unescape(string text) =>
        text.Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);

    private static string Symbols(string text) => Regex.Replace(text, @"[\x20-\x26\x28-\x2b\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]", " $0 ");

    private static string Western(string text, bool separatesSymbols)
    {
        text = separatesSymbols ? Symbols(text) : text;
        text = Regex.Replace(text, "([^0-9])([.,])", "$1 $2 ", RegexOptions.Singleline);
        text = Regex.Replace(text, "([.,])([^0-9])", " $1 $2", RegexOptions.Singleline);
        return Regex.Replace(text, "([0-9])(-)", "$1 $2 ");
    }

    private static List<string> Split(string text) => PythonText.Split(text);

    private static void Check(Func<string, List<string>> tokenize, Func<string, List<string>> expected, Func<string, bool>? isRead = null)
    {
        string[] pieces = [.. Pieces.Where(piece => isRead?.Invoke(piece) != false)];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = PythonText.TrimEnd(string.Concat(random.GetItems(pieces, random.Next(25))));

            Assert.Equal(expected(text), tokenize(text));
        }
    }
}
