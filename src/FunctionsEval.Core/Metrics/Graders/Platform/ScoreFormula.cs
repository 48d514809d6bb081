using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>
/// The arithmetic of a <c>multi</c> grader (<c>calculate_output</c>): numbers, the scores of its graders by name, <c>+ - * / ^</c>,
/// parentheses, and the functions <c>min max abs floor ceil exp sqrt log</c>. <c>^</c> binds closest and from the right; <c>log</c> is the
/// natural logarithm.
/// </summary>
internal sealed class ScoreFormula
{
    /// <summary>Characters that a formula may have.</summary>
    public const int MaxLength = SpecLimits.MaxText;

    private readonly FormulaNode _root;

    private ScoreFormula(FormulaNode root) => _root = root;

    /// <summary>Reads a formula.</summary>
    /// <param name="text">The formula.</param>
    /// <param name="names">The names of the scores.</param>
    /// <exception cref="FormatException">It is none; the message says why and where.</exception>
    public static ScoreFormula Parse(string text, IReadOnlyList<string> names) => new(new FormulaParser(text, names).Parse());

    /// <summary>The formula's value.</summary>
    /// <param name="scores">The scores, in the order of the names.</param>
    /// <returns>NaN where it or a part of it has none: a division by zero, a root of a negative number.</returns>
    public double Evaluate(ReadOnlySpan<double> scores) => _root.Evaluate(scores);

    /// <summary>Bounds of the formula's value; infinite where it has none.</summary>
    /// <param name="scores">The bounds of the scores, in the order of the names.</param>
    public Bounds BoundsOf(IReadOnlyList<Bounds> scores) => _root.BoundsOf(scores);
}

/// <summary>The lowest and the highest value.</summary>
/// <param name="Lowest">The lowest.</param>
/// <param name="Highest">The highest.</param>
internal readonly record struct Bounds(double Lowest, double Highest)
{
    /// <summary>No bounds.</summary>
    public static Bounds None { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The bounds of some values; none where one of them is no number.</summary>
    public static Bounds Around(params ReadOnlySpan<double> values)
    {
        var (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return None;
            }

            (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
        }

        return new Bounds(lowest, highest);
    }
}
