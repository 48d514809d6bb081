using System.Text;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Fuzzing;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// Whatever a model writes, the lenient reading is a label, an integer or nothing, and what parses strictly is read alike.
/// </summary>
public sealed class LenientFuzzTests
{
    private static readonly string[] Labels = ["积极", "บวก", "긍정", "ポジ", "positive", "not positive", "-1", "1", "Ｗ", "𐐨x"];

    private static readonly string[] Words =
    [
        .. Labels,
        "answer is",
        "答案是",
        "A",
        "Ｂ",
        "(C)",
        "【D】",
        "\u2212",
        "–",
        "1,234",
        "1 234",
        "1.234",
        "٤٢",
        "४२",
        "𝟒",
        "$",
        "%",
        "{\"label\":",
        "\"1\"}",
        "label=",
        "\n",
        "  ",
        "。",
        "\uD800",
        "\uDC00",
        "\u0301",
        "\u0E32",
    ];

    private static readonly AnswerParser[] Parsers =
    [
        .. Enum.GetValues<ParsingMethod>()
            .Except([ParsingMethod.Json])
            .Select(method =>
                new EvaluationSpec
                {
                    Task = ClassificationTask.Instance,
                    Model = "m",
                    Labels = method == ParsingMethod.Integer ? ["-1", "1", "42"] : Labels,
                    Parsing = new ParsingSpec
                    {
                        Method = method,
                        Field = "label",
                        Pattern = @"label=(\S+)",
                    },
                }.CreateParser()
            ),
        new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Parsing = new ParsingSpec { Method = ParsingMethod.Integer },
        }.CreateParser(),
    ];

    [Fact]
    public void Any_text_is_read_as_an_answer_or_none() =>
        Fuzz.Run(
            6000,
            64 << 20,
            random =>
            {
                var text = Text(random);
                foreach (var (index, parser) in Parsers.Index())
                {
                    var answer = parser.ParseLeniently(text);
                    if (parser.Parse(text) is Parsed strict)
                    {
                        Assert.Equal(strict.Value, answer);
                    }
                    else if (answer is not null)
                    {
                        Assert.Matches(index == Parsers.Length - 1 ? "^(0|-?[1-9][0-9]*)$" : ".", answer);
                        Assert.True(index == Parsers.Length - 1 || Labels.Contains(answer) || answer == "42");
                    }
                }
            }
        );

    /// <summary>
    /// Runs of one character in front of or behind a word are read in one pass: bytes grow with the text, and a hang is a find.
    /// </summary>
    [Theory]
    [InlineData("answer", " ", "x")]
    [InlineData("答案", " ", "")]
    [InlineData("", "\n", "")]
    [InlineData("", "A ", "")]
    [InlineData("", "1 ", "")]
    [InlineData("1", " 234", "x")]
    [InlineData("1", ",234", "x")]
    [InlineData("", "{", "")]
    [InlineData("", "积", "")]
    [InlineData("", "\u2212", "5")]
    public void Long_runs_are_read(string before, string repeated, string after)
    {
        var text = before + new StringBuilder().Insert(0, repeated, 100_000) + after;
        Fuzz.Run(1, 512 << 20, _ => Array.ForEach(Parsers, parser => parser.ParseLeniently(text)));
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(1, 12); pieces > 0; pieces--)
        {
            text.Append(
                random.Next(4) switch
                {
                    0 => ((char)random.Next(0x10000)).ToString(),
                    1 => new Rune(random.Next(2) == 0 ? random.Next(0xD800) : random.Next(0x10000, 0x110000)).ToString(),
                    2 => " .,-:"[random.Next(5)].ToString(),
                    _ => Words[random.Next(Words.Length)],
                }
            );
        }
        return text.ToString();
    }
}
