using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Regression;

namespace FunctionsEval.Core.Tests.Parsing;

public sealed class NumberParsingTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData(" -3.50\n", "-3.5")]
    [InlineData("+7", "7")]
    [InlineData("−7", "-7")]
    [InlineData("-0", "0")]
    [InlineData("007", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("1.5E-2", "0.015")]
    [InlineData("\"12\"", "12")]
    [InlineData("1000000000000", "1000000000000")]
    public void A_text_that_is_one_number_is_read(string text, string number) =>
        Assert.Equal(new Parsed(number), Read(new NumberSpec(), text));

    [Theory]
    [InlineData("about 42")]
    [InlineData("42.")]
    [InlineData("5.")]
    [InlineData("1,234")]
    [InlineData("3,5")]
    [InlineData("1 234")]
    [InlineData("12%")]
    [InlineData("12 km")]
    [InlineData("$5")]
    [InlineData("3-4")]
    [InlineData("1/2")]
    [InlineData("--3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("٣")]
    public void Nothing_is_guessed(string text) => Assert.Equal(new Unparsable("not_a_number"), Read(new NumberSpec(), text));

    [Theory]
    [InlineData("1000000000000.1")]
    [InlineData("-2e12")]
    [InlineData("1e999")]
    public void A_number_beyond_the_sums_is_out_of_range(string text) =>
        Assert.Equal(new Unparsable("number_out_of_range"), Read(new NumberSpec(), text));

    [Theory]
    [InlineData(DigitGroups.Comma, "1,234,567.5", "1234567.5")]
    [InlineData(DigitGroups.Comma, "1234567", "1234567")]
    [InlineData(DigitGroups.Apostrophe, "1'234", "1234")]
    [InlineData(DigitGroups.Apostrophe, "1’234", "1234")]
    [InlineData(DigitGroups.Underscore, "1_234", "1234")]
    [InlineData(DigitGroups.Space, "1 234", "1234")]
    [InlineData(DigitGroups.Space, "1\u202F234", "1234")]
    [InlineData(DigitGroups.Comma, "12,34", null)]
    [InlineData(DigitGroups.Comma, "1,2345", null)]
    [InlineData(DigitGroups.Comma, "1234,567", null)]
    [InlineData(DigitGroups.Space, "1234 567", null)]
    public void Groups_of_digits_are_read_where_they_are_stated(DigitGroups groups, string text, string? number) =>
        Assert.Equal(number, (Read(new NumberSpec { Thousands = groups }, text) as Parsed)?.Value);

    [Theory]
    [InlineData(PercentReading.Keep, "12 %", "12")]
    [InlineData(PercentReading.Divide, "12%", "0.12")]
    [InlineData(PercentReading.Divide, "7 %", "0.07")]
    [InlineData(PercentReading.Divide, "0.12", "0.12")]
    [InlineData(PercentReading.Keep, "12 per cent", null)]
    [InlineData(PercentReading.Keep, "% 12", null)]
    public void A_percent_sign_means_what_the_spec_states(PercentReading percent, string text, string? number) =>
        Assert.Equal(number, (Read(new NumberSpec { Percent = percent }, text) as Parsed)?.Value);

    [Theory]
    [InlineData("12 km", "12")]
    [InlineData("12km", "12")]
    [InlineData("$5", "5")]
    [InlineData("-$5.50", "-5.5")]
    [InlineData("$ -5", "-5")]
    [InlineData("-$-5", null)]
    [InlineData("12 KM", null)]
    [InlineData("12 kmh", null)]
    public void Units_are_read_where_they_are_stated(string text, string? number) =>
        Assert.Equal(number, (Read(new NumberSpec { Units = ["km", "$"] }, text) as Parsed)?.Value);

    [Theory]
    [InlineData("First 3, then 4. So the answer is 12.5.", "12.5")]
    [InlineData("It costs $18.", "18")]
    [InlineData("x = 7", "7")]
    [InlineData("The result is **42**", "42")]
    [InlineData("\\boxed{-42}", "-42")]
    [InlineData("It is 5 (see section B2).", "5")]
    [InlineData("It is 1,234", null)]
    [InlineData("It is 12:30", null)]
    [InlineData("It is 5%", null)]
    [InlineData("It is 5 %", null)]
    [InlineData("It is 3-4", null)]
    [InlineData("The rent is 1 234", null)]
    [InlineData("The rent is 1\u202f234.50 in all", null)]
    [InlineData("In 2020 it was 500", "500")]
    [InlineData("In 2020 500", "500")]
    [InlineData("2 500 or 7", "7")]
    [InlineData("2.5 500", "500")]
    [InlineData("no digits", null)]
    public void The_last_number_is_taken_on_request(string text, string? number) =>
        Assert.Equal(number, (Read(new NumberSpec { Take = NumberPlace.Last }, text) as Parsed)?.Value);

    [Fact]
    public void The_number_after_the_last_marker_is_taken_on_request()
    {
        var notation = new NumberSpec { Marker = "####", Thousands = DigitGroups.Comma };
        Assert.Equal(new Parsed("1080"), Read(notation, "4 × 270 = 1,080 #### 5\n#### 1,080"));
        Assert.Equal(new Unparsable("no_marker"), Read(notation, "1,080"));
        Assert.Equal(new Unparsable("not_a_number"), Read(notation, "#### 1,080 apples"));
        Assert.Equal(new Parsed("1080"), Read(notation with { Take = NumberPlace.Last }, "#### that is 1,080 apples."));
    }

    [Theory]
    [InlineData("The answer is 42, so 42.", "42")]
    [InlineData("**3.5**", "3.5")]
    [InlineData("between 3 and 5", null)]
    [InlineData("It is 1,234", null)]
    [InlineData("none", null)]
    public void The_lenient_reading_takes_the_only_number(string text, string? number) =>
        Assert.Equal(number, ParserOf(new NumberSpec()).ParseLeniently(text));

    [Theory]
    [InlineData("""{"score": 4.50}""", "4.5")]
    [InlineData("""{"score": "4.5"}""", "4.5")]
    [InlineData("""{"score": [4.5]}""", null)]
    [InlineData("4.5", null)]
    public void A_number_is_read_from_a_json_field(string text, string? number)
    {
        var options = new TaskOptions
        {
            Parsing = new ParsingSpec { Method = ParsingMethod.JsonField, Field = "score" },
        };
        Assert.Null(RegressionTask.Instance.Check(options));
        Assert.Equal(number, (RegressionTask.Instance.CreateParser(options).Parse(text) as Parsed)?.Value);
    }

    [Fact]
    public void A_canonical_number_is_read_as_itself_whatever_the_notation() =>
        Gen.Select(
                Gen.Double[-1e12, 1e12],
                Gen.Enum<DigitGroups>(),
                Gen.Enum<PercentReading>(),
                Gen.Enum<NumberPlace>(),
                (number, groups, percent, place) =>
                    (
                        Text: CanonicalNumber.Write(number),
                        Notation: new NumberSpec
                        {
                            Thousands = groups,
                            Percent = percent,
                            Take = place,
                        }
                    )
            )
            .Sample(pair =>
            {
                Assert.Equal(new Parsed(pair.Text), Read(pair.Notation, pair.Text));
                Assert.True(CanonicalNumber.TryRead(pair.Text, out var number));
                Assert.Equal(pair.Text, CanonicalNumber.Write(number));
            });

    [Fact]
    public void Any_text_is_read_without_an_exception_and_in_bounded_time()
    {
        Gen.String.Array[0, 6]
            .Sample(texts => Read(new NumberSpec { Take = NumberPlace.Last }, string.Concat(texts) + "1e9 %" + texts.Length));
        foreach (var part in new[] { "1", "1,", "1 ", "-", "(", "1e", "%", "$1" })
        {
            var text = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length));
            foreach (var place in Enum.GetValues<NumberPlace>())
            {
                Assert.IsType<ParseResult>(Read(new NumberSpec { Take = place, Thousands = DigitGroups.Space }, text), exactMatch: false);
            }
        }
    }

    private static ParseResult Read(NumberSpec notation, string text) => ParserOf(notation).Parse(text);

    private static AnswerParser ParserOf(NumberSpec notation) =>
        RegressionTask.Instance.CreateParser(new TaskOptions { Parsing = new ParsingSpec { Number = notation } });
}
