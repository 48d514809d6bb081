using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

/// <summary>Oracle: mpmath 1.3.0 at 40 digits.</summary>
public sealed class SpecialFunctionsTests
{
    [Theory]
    [InlineData(0.5, 3, 4, 0.65625)]
    [InlineData(0.001, 1, 1000, 0.63230457522903596)]
    [InlineData(0.0123, 12, 990, 0.57451873171266207)]
    [InlineData(0.5, 500_000, 500_001, 0.50039894218066588)]
    [InlineData(0.3, 0.5, 0.5, 0.36901011956554538)]
    [InlineData(0.999, 2.5, 0.5, 0.94634234530818645)]
    [InlineData(0.2, 200, 900, 0.93841526297558667)]
    [InlineData(0.05, 2, 3, 0.01401875)]
    public void BetaRegularized_equals_mpmath(double x, double a, double b, double expected) =>
        AssertRelative(expected, SpecialFunctions.BetaRegularized(x, a, b), 1e-12);

    [Theory]
    [InlineData(0.1, 0.88753708398171511)]
    [InlineData(1, 0.15729920705028513)]
    [InlineData(1.9, 0.0072095707647425301)]
    [InlineData(2.1, 0.0029794666563329855)]
    [InlineData(5, 1.5374597944280349e-12)]
    [InlineData(10, 2.0884875837625448e-45)]
    public void Erfc_equals_mpmath(double x, double expected) => AssertRelative(expected, SpecialFunctions.Erfc(x), 1e-12);

    [Theory]
    [InlineData(0.025, 1.9599639845400542)]
    [InlineData(0.005, 2.5758293035489008)]
    [InlineData(0.0005, 3.2905267314918948)]
    [InlineData(0.25, 0.67448975019608174)]
    [InlineData(1e-10, 6.3613409024040562)]
    public void NormalUpperQuantile_equals_mpmath(double tail, double expected) =>
        AssertRelative(expected, SpecialFunctions.NormalUpperQuantile(tail), 1e-13);

    [Theory]
    [InlineData(0.1, 2.252712651734206)]
    [InlineData(3.7, 1.4280723266653879)]
    [InlineData(100.5, 361.43554046777762)]
    public void LogGamma_equals_mpmath(double x, double expected) => AssertRelative(expected, SpecialFunctions.LogGamma(x), 1e-13);

    [Theory]
    [InlineData(2, 5, 0.10193947882985836)]
    [InlineData(0.1, 1, 0.93654896513889286)]
    [InlineData(12, 30, 5.5801854151992561e-13)]
    public void StudentTwoSided_equals_mpmath(double t, double degrees, double expected) =>
        AssertRelative(expected, SpecialFunctions.StudentTwoSided(t, degrees), 1e-12);

    private static void AssertRelative(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");
}
