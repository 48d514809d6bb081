using System.Globalization;
using System.Numerics;
using CsCheck;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("10e-1", "1")]
    [InlineData("-0.0e5", "0")]
    [InlineData("1200.50", "1200.5")]
    [InlineData("0.00120", "0.0012")]
    [InlineData("-12E+2", "-1200")]
    [InlineData("123456789012345678901234567890.10", "123456789012345678901234567890.1")]
    [InlineData("5e40", "5e40")]
    [InlineData("5.25e-40", "5.25e-40")]
    [InlineData("1e0000000000000000005", "100000")]
    [InlineData("1e9999999999", "1e9999999999")]
    public void Number_is_written_by_its_value(string number, string expected) =>
        Assert.Equal(expected, JsonNumberText.Canonicalize(number));

    [Theory]
    [InlineData("+7.50", "7.5")]
    [InlineData(" -1e2 ", "-100")]
    [InlineData("007", "7")]
    [InlineData("", null)]
    [InlineData("1,000", null)]
    [InlineData("1.", null)]
    [InlineData(".5", null)]
    [InlineData("12 EUR", null)]
    [InlineData("--1", null)]
    [InlineData("1e", null)]
    [InlineData("NaN", null)]
    [InlineData("٣", null)]
    public void Text_is_a_number_where_it_is_one_and_nothing_else(string text, string? expected) =>
        Assert.Equal(expected, JsonNumberText.TryRead(text));

    [Theory]
    [InlineData("""{"b":1.0,"a":[true,null,"x"]}""", """{"a":[true,null,"x"],"b":1}""")]
    [InlineData(""" "\u00e9\u0022" """, "\"é\\\"\"")]
    [InlineData("{}", "{}")]
    public void Value_has_one_text(string text, string expected)
    {
        Assert.True(CanonicalJson.TryRead(text, out var canonical));
        Assert.Equal(expected, canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("```json\n{}\n```")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("NaN")]
    public void Text_that_is_not_one_json_value_is_none(string text) => Assert.False(CanonicalJson.TryRead(text, out _));

    [Fact]
    public void Text_with_half_a_character_is_none() => Assert.False(CanonicalJson.TryRead("\"\ud800\"", out _));

    [Fact]
    public void Value_that_is_nested_too_deep_is_none()
    {
        Assert.True(CanonicalJson.TryRead(new string('[', 64) + new string(']', 64), out _));
        Assert.False(CanonicalJson.TryRead(new string('[', 65) + new string(']', 65), out _));
    }

    /// <summary>The oracle is exact arithmetic with fractions of integers.</summary>
    [Fact]
    public void Numbers_have_one_text_exactly_where_they_have_one_value() =>
        Gen.Select(Gen.Int[-200, 200], Gen.Int[-6, 6], Gen.Int[-200, 200], Gen.Int[-6, 6])
            .Sample(
                (first, e1, second, e2) =>
                {
                    var isEqual = Scaled(first, e1) == Scaled(second, e2);
                    Assert.Equal(isEqual, JsonNumberText.Canonicalize(Text(first, e1)) == JsonNumberText.Canonicalize(Text(second, e2)));
                },
                iter: 5_000
            );

    private static BigInteger Scaled(int digits, int exponent) => digits * BigInteger.Pow(10, exponent + 6);

    private static string Text(int digits, int exponent) => string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
}
