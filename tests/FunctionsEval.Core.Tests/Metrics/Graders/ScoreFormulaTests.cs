using CsCheck;
using FunctionsEval.Core.Metrics.Graders.Platform;

namespace FunctionsEval.Core.Tests.Metrics.Graders;

/// <summary>The arithmetic of multi graders. Values by hand unless another oracle is named.</summary>
public sealed class ScoreFormulaTests
{
    private static readonly string[] Names = ["a", "b", "label_score"];

    [Theory]
    [InlineData("0.5 * a + 0.5 * b", 0.5)]
    [InlineData("(a + b) / 2", 0.5)]
    [InlineData("2 + 3 * 4", 14)]
    [InlineData("10 - 4 - 3", 3)]
    [InlineData("16 / 4 / 2", 2)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("(-2) ^ 2", 4)]
    [InlineData("2 ^ -1", 0.5)]
    [InlineData("2 * -3", -6)]
    [InlineData("--3", 3)]
    [InlineData("1e-1 + .5 + 2.", 2.6)]
    [InlineData("min(a, b, label_score)", 0.2)]
    [InlineData("max(a,b)", 0.8)]
    [InlineData("abs(a - b)", 0.6)]
    [InlineData("floor(1.7) + ceil(1.2)", 3)]
    [InlineData("exp(0) + sqrt(9) + log(1)", 4)]
    [InlineData("  label_score\n", 0.7)]
    public void Formula_has_the_value_of_its_arithmetic(string formula, double expected) =>
        Assert.Equal(expected, ScoreFormula.Parse(formula, Names).Evaluate([0.2, 0.8, 0.7]), 12);

    [Theory]
    [InlineData("", "too early")]
    [InlineData("a +", "too early")]
    [InlineData("(a", "too early")]
    [InlineData("a)", "character 2")]
    [InlineData("a b", "character 3")]
    [InlineData("c + 1", "'c' is no grader or function")]
    [InlineData("lable_score", "Did you mean label_score?")]
    [InlineData("abs(a, b)", "one argument")]
    [InlineData("a ** 2", "character 4")]
    [InlineData("__import__('os')", "is no grader or function")]
    [InlineData("1.2.3", "no number")]
    [InlineData("1e999", "no number")]
    public void What_is_no_formula_is_refused_and_the_message_says_where(string formula, string told) =>
        Assert.Contains(told, Assert.Throws<FormatException>(() => ScoreFormula.Parse(formula, Names)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(")]
    [InlineData("2^")]
    [InlineData("-")]
    [InlineData("abs(")]
    public void Depth_and_length_of_a_formula_are_bounded(string part)
    {
        Assert.Throws<FormatException>(() => ScoreFormula.Parse(string.Concat(Enumerable.Repeat(part, 400)), Names));
        Assert.Throws<FormatException>(() => ScoreFormula.Parse(string.Concat(Enumerable.Repeat(part, 100_000)), Names));
    }

    [Theory]
    [InlineData("1 / (a - a)")]
    [InlineData("log(0 - b)")]
    [InlineData("sqrt(0 - 1)")]
    [InlineData("exp(1000)")]
    [InlineData("1 / (1 / (a - a))")]
    [InlineData("min(1, b / (a - a))")]
    [InlineData("max(0, log(a - a))")]
    [InlineData("exp(log(a - a))")]
    [InlineData("(1 / (a - a)) ^ 0")]
    [InlineData("1 ^ log(0 - b)")]
    [InlineData("0 * (1 + exp(1000))")]
    public void Formula_without_a_value_is_not_finite(string formula) =>
        Assert.False(double.IsFinite(ScoreFormula.Parse(formula, Names).Evaluate([0.2, 0.8, 0.7])));

    /// <summary>The bounds of a formula hold its value, whatever the scores within theirs.</summary>
    [Fact]
    public void Value_stays_within_the_bounds()
    {
        var leaf = Gen.OneOf(Of("a", "b", "label_score"), Gen.Double[0, 3].Select(number => FormattableString.Invariant($"{number:F2}")));
        var formula = Gen.Recursive<string>(
            (depth, inner) =>
                depth == 4
                    ? leaf
                    : Gen.OneOf(
                        leaf,
                        Gen.Select(inner, Of("+", "-", "*", "/", "^"), inner)
                            .Select(parts => $"({parts.Item1}){parts.Item2}({parts.Item3})"),
                        Gen.Select(Of("abs", "floor", "ceil", "sqrt", "exp", "log"), inner)
                            .Select(parts => $"{parts.Item1}({parts.Item2})"),
                        Gen.Select(Of("min", "max"), inner, inner).Select(parts => $"{parts.Item1}({parts.Item2},{parts.Item3})")
                    )
        );

        Gen.Select(formula, Gen.Double[0, 1].Array[3])
            .Sample(
                (text, scores) =>
                {
                    if (text.Length > ScoreFormula.MaxLength)
                    {
                        return true;
                    }

                    var parsed = ScoreFormula.Parse(text, Names);
                    var value = parsed.Evaluate(scores);
                    var bounds = parsed.BoundsOf([new Bounds(0, 1), new Bounds(0, 1), new Bounds(0, 1)]);
                    var slack = 1e-9 * Math.Max(1, Math.Abs(value));
                    return !double.IsFinite(value) || (value >= bounds.Lowest - slack && value <= bounds.Highest + slack);
                }
            );
    }

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
