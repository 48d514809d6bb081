using System.Globalization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Tests.Metrics.Words;

public sealed class NumberTextTests
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    [Theory]
    [InlineData(MetricUnit.Share, 0.9231, 0.9133, 0.9320, "92.3 %", "91.3 to 93.2 %")]
    [InlineData(MetricUnit.Share, 0.87, 0.81, 0.948, "87.0 %", "81.0 to 94.8 %")]
    [InlineData(MetricUnit.Share, 0.6, 0.473, 0.714, "60 %", "47 to 71 %")]
    [InlineData(MetricUnit.Share, 0.92314, 0.92214, 0.92414, "92.31 %", "92.21 to 92.41 %")]
    [InlineData(MetricUnit.Share, 0.01, -0.02, 0.04, "1.0 %", "−2.0 to 4.0 %")]
    [InlineData(MetricUnit.Score, 27.43, 24.1, 30.9, "27.4", "24.1 to 30.9")]
    [InlineData(MetricUnit.Milliseconds, 199.6, 180.2, 220.7, "200 ms", "180 to 221 ms")]
    [InlineData(MetricUnit.Plain, 1.733e32, 1.3e32, 2.3e32, "1.73 × 10³²", "1.30 × 10³² to 2.30 × 10³²")]
    [InlineData(MetricUnit.Plain, 12345.6, 12000, 12700, "12,346", "12,000 to 12,700")]
    public void Digits_follow_the_width_of_the_interval(
        MetricUnit unit,
        double value,
        double lower,
        double upper,
        string text,
        string interval
    )
    {
        var writer = new NumberText(unit);

        Assert.Equal((text, interval), (writer.Value(value, lower, upper), writer.Interval(lower, upper)));
    }

    [Theory]
    [InlineData(MetricUnit.Share, 0.92314, "92.3 %")]
    [InlineData(MetricUnit.Share, 0, "0.0 %")]
    [InlineData(MetricUnit.Plain, 12.3456, "12.3")]
    [InlineData(MetricUnit.Plain, 0.0000123, "1.23 × 10⁻⁵")]
    [InlineData(MetricUnit.Plain, 1.733e32, "1.7 × 10³²")]
    [InlineData(MetricUnit.Plain, 9.99e32, "1.0 × 10³³")]
    [InlineData(MetricUnit.Plain, -2.5, "−2.50")]
    [InlineData(MetricUnit.Plain, double.NaN, "undefined")]
    [InlineData(MetricUnit.Share, double.PositiveInfinity, "∞")]
    [InlineData(MetricUnit.Tokens, 812.4, "812 tokens")]
    public void Without_an_interval_a_number_has_the_usual_digits(MetricUnit unit, double value, string text) =>
        Assert.Equal(text, new NumberText(unit).Value(value));

    [Theory]
    [InlineData(0.79996, 0.8, "79.996 %")]
    [InlineData(0.80004, 0.8, "80.004 %")]
    [InlineData(0.7996, 0.7998, "79.96 %")]
    [InlineData(0.8756, 0.8756, "87.56 %")]
    [InlineData(0.87, 0.8, "87.0 %")]
    public void A_value_is_told_apart_from_the_bound_that_it_is_compared_with(double value, double bound, string text) =>
        Assert.Equal(text, new NumberText(MetricUnit.Share).Value(value, value - 0.02, value + 0.02, bound));

    [Theory]
    [InlineData(0.9997, "99.97 %")]
    [InlineData(0.99999999, "99.999999 %")]
    [InlineData(0.0003, "0.03 %")]
    [InlineData(0.9995, "99.95 %")]
    [InlineData(1, "100.0 %")]
    [InlineData(0, "0.0 %")]
    [InlineData(1 - 2.2e-16, "100.0 %")]
    [InlineData(4e-17, "0.0 %")]
    public void Share_reads_as_all_or_nothing_only_where_it_is(double share, string text)
    {
        Assert.Equal(text, NumberText.Share(share));
        Assert.Equal(text, new NumberText(MetricUnit.Share).Value(share, share - 0.02, share + 0.02));
    }

    [Fact]
    public void Interval_of_shares_ends_at_all_or_nothing_only_where_it_does()
    {
        var text = new NumberText(MetricUnit.Share);

        Assert.Equal("98.0 to 99.98 %", text.Interval(0.98, 0.9998));
        Assert.Equal("0.04 to 8.0 %", text.Interval(0.0004, 0.08));
        Assert.Equal("0.0 to 8.0 %", text.Interval(0, 0.08));
    }

    [Fact]
    public void However_close_a_value_is_to_its_bound_both_read_in_their_order()
    {
        var random = new Random(20);
        foreach (var unit in Enum.GetValues<MetricUnit>())
        {
            var text = new NumberText(unit, "EUR");
            for (var draw = 0; draw < 2000; draw++)
            {
                var bound = Math.Round(
                    random.NextDouble() * Math.Pow(10, random.Next(-3, unit == MetricUnit.Share ? 3 : 12)),
                    random.Next(0, 4)
                );
                var value = bound + ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 3)));
                var width = Math.Pow(10, random.Next(-6, 3));

                Assert.Equal(
                    value.CompareTo(bound),
                    Read(text.Value(value, value - width, value + width, bound)).CompareTo(Read(text.Bound(bound)))
                );
            }
        }
    }

    [Fact]
    public void Rounding_keeps_the_sign_and_is_within_half_of_the_last_digit()
    {
        var random = new Random(21);
        for (var draw = 0; draw < 5000; draw++)
        {
            var difference = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 3));
            var halfWidth = Math.Pow(10, (random.NextDouble() * 5) - 4);
            var text = new NumberText(MetricUnit.Score).Difference(difference, difference - halfWidth, difference + halfWidth);
            var read = (double)Read(text);

            Assert.True(Math.Abs(read - difference) <= halfWidth * 0.06, $"{difference} ± {halfWidth} is {text}");
            Assert.Equal(
                read == 0 ? ""
                    : read > 0 ? "+"
                    : "−",
                text[0] is '+' or '−' ? text[..1] : ""
            );
            Assert.True(read == 0 || Math.Sign(read) == Math.Sign(difference), text);
        }
    }

    [Theory]
    [InlineData(MetricUnit.Share, 0.4349, "+43.5 points")]
    [InlineData(MetricUnit.Share, -0.4349, "−43.5 points")]
    [InlineData(MetricUnit.Share, 0, "0.0 points")]
    [InlineData(MetricUnit.Score, -3.14, "−3.1 points")]
    [InlineData(MetricUnit.Milliseconds, 12.34, "+12.3 ms")]
    [InlineData(MetricUnit.Plain, 1.5e30, "+1.5 × 10³⁰")]
    public void A_difference_has_its_sign_and_shares_differ_by_points(MetricUnit unit, double difference, string text) =>
        Assert.Equal(text, new NumberText(unit).Difference(difference));

    [Theory]
    [InlineData(0.07, "7 %", "7 points")]
    [InlineData(0.01, "1 %", "1 point")]
    [InlineData(0.025, "2.5 %", "2.5 points")]
    [InlineData(0, "0 %", "0 points")]
    [InlineData(0.29, "29 %", "29 points")]
    public void Bounds_and_margins_stand_as_the_spec_writes_them(double bound, string asBound, string asMargin)
    {
        var text = new NumberText(MetricUnit.Share);

        Assert.Equal((asBound, asMargin), (text.Bound(bound), text.Margin(bound)));
    }

    [Theory]
    [InlineData(0.1875, "EUR", "0.19 EUR")]
    [InlineData(0.00341, "USD", "0.0034 USD")]
    [InlineData(0.08, "USD", "0.08 USD")]
    [InlineData(0.004, "USD", "0.004 USD")]
    [InlineData(1234.5, "USD", "1,234.50 USD")]
    [InlineData(0, null, "0.00")]
    public void Money_has_its_currency(double amount, string? currency, string text) =>
        Assert.Equal(text, NumberText.Money(amount, currency));

    [Theory]
    [InlineData(4.27, "4.3 ms")]
    [InlineData(43.21, "43 ms")]
    [InlineData(9.96, "10 ms")]
    [InlineData(99.4, "99 ms")]
    [InlineData(99.6, "0.10 s")]
    [InlineData(100, "0.10 s")]
    [InlineData(996, "1.0 s")]
    [InlineData(9960, "10 s")]
    [InlineData(197.3, "0.20 s")]
    [InlineData(1234.5, "1.2 s")]
    [InlineData(12345.6, "12 s")]
    [InlineData(123456, "123 s")]
    public void A_latency_has_the_digits_that_its_histogram_knows(double milliseconds, string text) =>
        Assert.Equal(text, NumberText.Latency(milliseconds));

    [Theory]
    [InlineData(0.42, "0.4 s")]
    [InlineData(21.3, "21 s")]
    [InlineData(59.7, "1 min")]
    [InlineData(134, "2 min 14 s")]
    [InlineData(3600, "1 h")]
    [InlineData(11_100, "3 h 5 min")]
    [InlineData(-1, "0.0 s")]
    public void A_duration_has_two_units(double seconds, string text) =>
        Assert.Equal(text, NumberText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, false, "p < 0.001")]
    [InlineData(0.0341, false, "p = 0.034")]
    [InlineData(0.04996, false, "p = 0.04996")]
    [InlineData(0.05004, false, "p = 0.05004")]
    [InlineData(0.001998, true, "p ≤ 0.002")]
    public void A_p_value_is_told_apart_from_its_level(double p, bool isBound, string text) =>
        Assert.Equal(text, NumberText.PValue(p, isBound, 0.05));

    private static decimal Read(string text)
    {
        var number = text.Split(" × 10")[0].Split(' ')[0].Replace("−", "-").Replace("+", "");
        var value = decimal.Parse(number, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        if (text.Contains(" × 10"))
        {
            var power = text.Split(" × 10")[1].TakeWhile(character => character == '⁻' || Superscripts.Contains(character)).ToArray();
            var exponent = power
                .Where(character => character != '⁻')
                .Aggregate(0, (sum, digit) => (sum * 10) + Superscripts.IndexOf(digit));
            for (var times = 0; times < exponent; times++)
            {
                value = power[0] == '⁻' ? value / 10 : value * 10;
            }
        }

        return value;
    }
}
