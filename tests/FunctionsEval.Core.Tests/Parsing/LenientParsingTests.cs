using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class LenientParsingTests
{
    /// <summary>A text, and the integer that it says, if it says one.</summary>
    public static readonly TheoryData<string, string?> IntegersByCountry = new()
    {
        { "The change is \u22125 degrees.", "-5" }, // minus sign
        { "The change is \u20135 degrees.", "-5" }, // en dash
        { "The change is \uFE635 degrees.", "-5" }, // small hyphen-minus
        { "\uFF0D\uFF15\u5EA6", "-5" }, // full-width minus and digit before a Chinese letter
        { "It is \u201142", "-42" }, // non-breaking hyphen
        { "so\u20145", "5" }, // An em dash parts sentences.
        { "3\u20135", null }, // A range is two numbers.
        { "10 \u2212 5", null },
        { "The answer is 1,234.", "1234" },
        { "-1,234,567", "-1234567" },
        { "\u22121\u202F234\u202F567", "-1234567" },
        { "1 234", "1234" },
        { "1.234.567", "1234567" },
        { "1.234", null }, // A decimal number, or one thousand?
        { "1.234,50", null },
        { "1,234.50", null },
        { "0,123", null },
        { "1,23", null },
        { "12,34,567", "1234567" }, // India
        { "1,23,456 rupees", "123456" },
        { "1'234", "1234" }, // Switzerland
        { "1’234’567", "1234567" },
        { "1,234,5", null },
        { "1234 567", null },
        { "1,234 or 1234", "1234" },
        { "\uFF11\uFF0C\uFF12\uFF13\uFF14", "1234" }, // full-width, comma too
        { "\u0627\u0644\u062C\u0648\u0627\u0628 \u0664\u0662", "42" }, // Arabic-Indic
        { "\u06F1\u066C\u06F2\u06F3\u06F4", "1234" }, // Persian, with the Arabic thousands separator
        { "\u0661\u066B\u0665", null }, // with the decimal separator
        { "\u0909\u0924\u094D\u0924\u0930 \u096A\u0968", "42" }, // Devanagari
        { "\u0E04\u0E33\u0E15\u0E2D\u0E1A\u0E04\u0E37\u0E2D\u0E54\u0E52", "42" }, // Thai digits beside Thai letters
        { "\U0001D7D2\U0001D7D0", "42" }, // mathematical digits
        { "答案是42。", "42" },
        { "正解は42です", "42" },
        { "정답은 42입니다", "42" },
        { "42%", "42" },
        { "-$1,200", "-1200" },
        { "\u2212€5", "-5" },
        { "¥1,000円", "1000" },
        { "The answer is minus 5.", "-5" },
        { "Minus 5", "-5" },
        { "plus or minus 5", "5" },
        { "10 minus 5", null }, // Two numbers.
        { "terminus 5", "5" },
        { "co-2", "2" }, // A hyphen between a word and a number is no minus.
        { "v2", null },
        { "about 5²", "5" },
        { "3万", null }, // 30,000
        { "约１２億人", null },
        { "3만 명", null },
        { "3ล้าน", null },
        { "答案是负5", "-5" },
        { "零下5度", "-5" },
        { "マイナス５です", "-5" },
        { "영하 5도", "-5" },
        { "คำตอบคือลบ5", "-5" },
        { "正负5", "5" },
    };

    [Theory]
    [InlineData("spam", "spam")]
    [InlineData("Spam.", "spam")]
    [InlineData("The message is SPAM, clearly spam.", "spam")]
    [InlineData("**not urgent**", "not urgent")]
    [InlineData("It is not urgent", "not urgent")]
    [InlineData("Label: urgent", "urgent")]
    [InlineData("ham or spam", null)]
    [InlineData("urgent, that is, not urgent", null)]
    [InlineData("spammy", null)]
    [InlineData("antispam", null)]
    [InlineData("spam_filter", null)]
    [InlineData("egg", null)]
    [InlineData("", null)]
    [InlineData("junk!", "spam")]
    [InlineData("größe", null)]
    [InlineData("𝒜spam", null)]
    [InlineData("👍spam👍", "spam")]
    public void Label_the_one_label_mentioned_as_a_word_is_the_answer(string text, string? expected) =>
        Assert.Equal(
            expected,
            Classify(
                text,
                new ParsingSpec { Aliases = new Dictionary<string, string> { ["junk"] = "spam" } },
                ["spam", "ham", "urgent", "not urgent"]
            )
        );

    [Theory]
    [InlineData("1", "1")]
    [InlineData("The rating is 1!", "1")]
    [InlineData("10", null)]
    [InlineData("1.5", null)]
    [InlineData("0,1", null)]
    [InlineData("1 of 2", null)]
    [InlineData("Rating: 2.", "2")]
    public void Label_of_digits_is_no_part_of_a_longer_number(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec(), ["0", "1", "2"]));

    [Theory]
    [InlineData("The answer is 42.", "42")]
    [InlineData("42, I repeat 042", "42")]
    [InlineData("6 x 7 = 42", null)]
    [InlineData("4.2", null)]
    [InlineData("-7 degrees", "-7")]
    [InlineData("B2B", null)]
    [InlineData("none", null)]
    public void Integer_the_only_one_in_the_text_is_the_answer(string text, string? expected)
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Parsing = new ParsingSpec { Method = ParsingMethod.Integer },
        };
        Assert.Equal(expected, spec.CreateParser().ParseLeniently(text));
    }

    /// <summary>The oracle is how each country writes numbers (Unicode CLDR's grouping and minus signs).</summary>
    [Theory]
    [MemberData(nameof(IntegersByCountry))]
    public void Integer_is_read_as_any_country_writes_it(string text, string? expected)
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Parsing = new ParsingSpec { Method = ParsingMethod.Integer },
        };
        Assert.Equal(expected, spec.CreateParser().ParseLeniently(text));
        Assert.Equal(text.All(char.IsAsciiDigit), spec.CreateParser().Parse(text) is Parsed); // The strict reading stays strict.
    }

    [Theory]
    [InlineData("very high risk", "very high")] // As it was read from the left, word by word.
    [InlineData("high risk", "high risk")]
    [InlineData("很高风险", null)]
    [InlineData("高风险", "高风险")]
    public void Labels_that_overlap_are_no_answer_where_words_have_no_spaces(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec(), ["very high", "high risk", "很高", "高风险"]));

    [Theory]
    [InlineData("情感是积极的。", "积极")]
    [InlineData("情感は消极だと思います", "消极")]
    [InlineData("คำตอบคือบวก", "บวก")]
    [InlineData("คำตอบคือลบครับ", "ลบ")]
    [InlineData("ลบาง", null)] // The vowel behind it makes it another syllable.
    [InlineData("积极和消极", null)]
    [InlineData("情感是positive的", "positive")]
    [InlineData("ｐｏｓｉｔｉｖｅ", "positive")]
    [InlineData("감정은 positive입니다", "positive")]
    [InlineData("감정은 긍정입니다", "긍정")]
    [InlineData("비긍정", null)]
    [InlineData("評価はポジです", "ポジ")]
    [InlineData("ポジション", null)] // A run of Katakana is one word.
    [InlineData("答えははい", "はい")]
    [InlineData("答えはいいえ", null)] // は and いいえ, or はい and いえ.
    [InlineData("いいえです", "いいえ")]
    [InlineData("答案：是。", "是")]
    [InlineData("这是错的", null)] // A single character may be a part of any word.
    [InlineData("属于第2类", "2")]
    [InlineData("2万", null)]
    [InlineData("属于第２类", "2")]
    [InlineData("2023年", null)]
    [InlineData("unpositive", null)]
    public void Label_is_found_beside_letters_of_scripts_without_spaces(string text, string? expected) =>
        Assert.Equal(
            expected,
            Classify(text, new ParsingSpec(), ["积极", "消极", "บวก", "ลบ", "positive", "긍정", "ポジ", "是", "2", "はい", "いいえ"])
        );

    [Fact]
    public void Labels_that_only_width_tells_apart_are_looked_for_as_written()
    {
        string[] labels = ["Ａ", "A"];
        Assert.Equal("Ａ", Classify("It is Ａ.", new ParsingSpec(), labels));
        Assert.Equal("A", Classify("It is A.", new ParsingSpec(), labels));
    }

    [Theory]
    [InlineData("答案是B", "two")]
    [InlineData("正解はBです", "two")]
    [InlineData("คำตอบคือB", "two")]
    [InlineData("정답은 B입니다", "two")]
    [InlineData("（Ｂ）", "two")]
    [InlineData("Ｂ", "two")]
    [InlineData("Ｂ．因为", "two")]
    [InlineData("B、因为A太小", "two")]
    [InlineData("A不对，答案是B。", "two")]
    [InlineData("A太小，所以选【B】", "two")]
    [InlineData("A和B", null)]
    [InlineData("Bé", null)]
    public void Choice_letter_is_found_beside_letters_of_scripts_without_spaces(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.Choice }, ["one", "two", "three"]));

    [Theory]
    [InlineData("B", "two")]
    [InlineData("The answer is B.", "two")]
    [InlineData("Answer: **C**", "three")]
    [InlineData("A) is wrong, so the answer is (B)", "two")]
    [InlineData("B. Because A is too small", "two")]
    [InlineData("A cat sat; B", "two")]
    [InlineData("(A) or (B)", null)]
    [InlineData("A, B", null)]
    [InlineData("Z", null)]
    [InlineData("a", null)]
    [InlineData("I'd say C", "three")]
    public void Choice_the_letter_that_is_announced_marked_or_alone_is_the_answer(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.Choice }, ["one", "two", "three"]));

    [Theory]
    [InlineData("```json\n{\"label\": \"spam\"}\n```", "spam")]
    [InlineData("Sure! {\"label\":\"Spam\"} Anything else?", "spam")]
    [InlineData("{\"note\":\"} {\\\"\",\"label\":\"ham\"}", "ham")]
    [InlineData("{\"other\":1} {\"label\":\"ham\"}", "ham")]
    [InlineData("{\"label\":[1]}", null)]
    [InlineData("{\"label\":\"spam\"", null)]
    [InlineData("spam", null)]
    public void Json_field_the_first_object_in_the_text_that_has_it_is_read(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.JsonField, Field = "label" }, ["spam", "ham"]));

    [Theory]
    [InlineData("label=ham then label=spam", "spam")]
    [InlineData("label=Spam!", "spam")]
    [InlineData("spam", null)]
    public void Regex_the_last_match_is_the_answer(string text, string? expected) =>
        Assert.Equal(expected, Classify(text, new ParsingSpec { Method = ParsingMethod.Regex, Pattern = @"label=(\S+)" }, ["spam", "ham"]));

    /// <summary>What parses strictly is read alike, so that the lenient rate of unparsable answers is never the higher one.</summary>
    [Fact]
    public void Lenient_reading_of_what_parses_strictly_is_the_strict_one()
    {
        string[] labels = ["yes", "no", "7", "maybe so"];
        Gen.Select(
                Gen.OneOf(ParsingMethod.Label, ParsingMethod.Integer, ParsingMethod.Choice),
                Gen.OneOf("yes", " no ", "'7'", "07", "maybe so", "B", "(C)", "maybe")
            )
            .Sample(
                (method, text) =>
                {
                    var parser = Spec(new ParsingSpec { Method = method }, labels).CreateParser();
                    return parser.Parse(text) is not Parsed strict || parser.ParseLeniently(text) == strict.Value;
                }
            );
    }

    private static string? Classify(string text, ParsingSpec parsing, string[] labels) =>
        Spec(parsing, labels).CreateParser().ParseLeniently(text);

    private static EvaluationSpec Spec(ParsingSpec parsing, string[] labels) =>
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = labels,
            Parsing = parsing,
        };
}
