using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Core.Tests.Results.Overview;

public sealed class AxisScaleTests
{
    [Theory]
    [InlineData(MetricUnit.Share, false, 0.5, 0.5, 0.5)]
    [InlineData(MetricUnit.Share, false, 0.0, 0.0, 0.0)]
    [InlineData(MetricUnit.Share, false, 1.0, 1.0, 1.0)]
    [InlineData(MetricUnit.Share, false, 0.5, 0.5000000001, 0.4999999999)]
    [InlineData(MetricUnit.Share, false, 0.1, -0.05, 0.3)]
    [InlineData(MetricUnit.Plain, false, -3.0, -2.0, 5.0)]
    [InlineData(MetricUnit.Plain, true, 1.733e32, 12.5, 0.3)]
    [InlineData(MetricUnit.Plain, false, 1.7e32, 1.8e32, 1.9e32)]
    [InlineData(MetricUnit.Plain, false, 1e32, 1e32, 1e32)]
    [InlineData(MetricUnit.Plain, false, 0.0, 1e32, -1e32)]
    [InlineData(MetricUnit.Plain, true, 1e-300, 1.0, 1e300)]
    [InlineData(MetricUnit.Score, false, 27.4, 24.1, 30.9)]
    [InlineData(MetricUnit.Milliseconds, false, 199.0, 180.0, 900.0)]
    [InlineData(MetricUnit.Money, false, 0.0034, 0.0031, 0.0039)]
    public void Every_number_lies_inside_and_ticks_differ(MetricUnit unit, bool isLogarithmic, double first, double second, double third)
    {
        var axis = AxisScale.Create([first, second, third, null, double.NaN], unit, new NumberText(unit))!;

        Assert.True(axis.Minimum < axis.Maximum);
        Assert.All([first, second, third], value => Assert.InRange(value, axis.Minimum, axis.Maximum));
        Assert.Equal(isLogarithmic, axis.IsLogarithmic);
        Assert.True(!isLogarithmic || axis.Minimum > 0);
        Assert.InRange(axis.Ticks.Count, 2, 7);
        Assert.All(axis.Ticks, tick => Assert.InRange(tick.Value, axis.Minimum, axis.Maximum));
        Assert.Equal(axis.Ticks.OrderBy(tick => tick.Value), axis.Ticks);
        Assert.Equal(axis.Ticks.Count, axis.Ticks.DistinctBy(tick => tick.Text).Count());
    }

    [Fact]
    public void A_share_stays_between_0_and_1_unless_a_number_does_not()
    {
        var axis = AxisScale.Create([0.02, 0.99], MetricUnit.Share, new NumberText(MetricUnit.Share))!;

        Assert.Equal((0.0, 1.0), (axis.Minimum, axis.Maximum));
        Assert.Equal(["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"], axis.Ticks.Select(tick => tick.Text));
    }

    [Fact]
    public void Nothing_that_is_defined_has_no_axis() =>
        Assert.Null(AxisScale.Create([null, double.NaN, double.PositiveInfinity], MetricUnit.Plain, new NumberText(MetricUnit.Plain)));

    [Fact]
    public void Any_numbers_lie_inside()
    {
        var random = new Random(22);
        foreach (var unit in Enum.GetValues<MetricUnit>())
        {
            for (var draw = 0; draw < 500; draw++)
            {
                var numbers = Enumerable
                    .Range(0, 5)
                    .Select(_ => (double?)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-8, 35))))
                    .ToList();
                var axis = AxisScale.Create(numbers, unit, new NumberText(unit))!;

                Assert.All(numbers, number => Assert.InRange(number!.Value, axis.Minimum, axis.Maximum));
                Assert.All(axis.Ticks, tick => Assert.InRange(tick.Value, axis.Minimum, axis.Maximum));
            }
        }
    }
}
