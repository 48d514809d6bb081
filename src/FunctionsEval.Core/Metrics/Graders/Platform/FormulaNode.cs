namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>A part of a formula.</summary>
internal abstract record FormulaNode
{
    private FormulaNode() { }

    /// <summary>The part's value; NaN where it has none, and then the whole formula has none.</summary>
    public abstract double Evaluate(ReadOnlySpan<double> scores);

    /// <summary>Bounds of the value.</summary>
    public abstract Bounds BoundsOf(IReadOnlyList<Bounds> scores);

    /// <summary>
    /// What divides by zero or grows beyond all numbers has no value, so that 1 ÷ (1 ÷ 0) and min(1, 1 ÷ 0) have none either.
    /// </summary>
    private static double FiniteOrNone(double value) => double.IsFinite(value) ? value : double.NaN;

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : FormulaNode
    {
        public override double Evaluate(ReadOnlySpan<double> scores) => Value;

        public override Bounds BoundsOf(IReadOnlyList<Bounds> scores) => new(Value, Value);
    }

    /// <summary>A grader's score.</summary>
    public sealed record Score(int Index) : FormulaNode
    {
        public override double Evaluate(ReadOnlySpan<double> scores) => scores[Index];

        public override Bounds BoundsOf(IReadOnlyList<Bounds> scores) => scores[Index];
    }

    /// <summary>An operation on two parts.</summary>
    public sealed record Binary(char Operator, FormulaNode Left, FormulaNode Right) : FormulaNode
    {
        public override double Evaluate(ReadOnlySpan<double> scores)
        {
            var (left, right) = (Left.Evaluate(scores), Right.Evaluate(scores));
            return double.IsNaN(left) || double.IsNaN(right) ? double.NaN : FiniteOrNone(Apply(left, right));
        }

        public override Bounds BoundsOf(IReadOnlyList<Bounds> scores)
        {
            var (left, right) = (Left.BoundsOf(scores), Right.BoundsOf(scores));
            var isMonotone = Operator switch
            {
                '/' => right.Lowest > 0 || right.Highest < 0,
                '^' => left.Lowest > 0 || (left.Lowest >= 0 && right.Lowest > 0),
                _ => true,
            };
            return isMonotone
                ? Bounds.Around(
                    Apply(left.Lowest, right.Lowest),
                    Apply(left.Lowest, right.Highest),
                    Apply(left.Highest, right.Lowest),
                    Apply(left.Highest, right.Highest)
                )
                : Bounds.None;
        }

        private double Apply(double left, double right) =>
            Operator switch
            {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                '/' => left / right,
                _ => Math.Pow(left, right),
            };
    }

    /// <summary>A function of one or more parts.</summary>
    public sealed record Function(FormulaFunction Called, IReadOnlyList<FormulaNode> Arguments) : FormulaNode
    {
        public override double Evaluate(ReadOnlySpan<double> scores)
        {
            var values = new double[Arguments.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Arguments[i].Evaluate(scores);
            }

            return FiniteOrNone(Called.Apply(values));
        }

        public override Bounds BoundsOf(IReadOnlyList<Bounds> scores)
        {
            var bounds = Arguments.Select(argument => argument.BoundsOf(scores)).ToList();
            if (Called.IsMonotone)
            {
                return Bounds.Around(
                    Called.Apply([.. bounds.Select(bound => bound.Lowest)]),
                    Called.Apply([.. bounds.Select(bound => bound.Highest)])
                );
            }

            // The only other one is the absolute value.
            var highest = Math.Max(Math.Abs(bounds[0].Lowest), Math.Abs(bounds[0].Highest));
            return new Bounds(0, highest);
        }
    }
}

/// <summary>A function that formulas know.</summary>
/// <param name="Apply">Its value.</param>
internal sealed record FormulaFunction(Func<double[], double> Apply)
{
    /// <summary>The functions by name.</summary>
    public static readonly IReadOnlyDictionary<string, FormulaFunction> ByName = new Dictionary<string, FormulaFunction>(
        StringComparer.Ordinal
    )
    {
        ["min"] = new(values => values.Aggregate(Math.Min)) { TakesMany = true },
        ["max"] = new(values => values.Aggregate(Math.Max)) { TakesMany = true },
        ["abs"] = new(values => Math.Abs(values[0])) { IsMonotone = false },
        ["floor"] = new(values => Math.Floor(values[0])),
        ["ceil"] = new(values => Math.Ceiling(values[0])),
        ["exp"] = new(values => Math.Exp(values[0])),
        ["sqrt"] = new(values => Math.Sqrt(values[0])),
        ["log"] = new(values => Math.Log(values[0])),
    };

    /// <summary>Whether it takes several arguments. Default false: exactly one.</summary>
    public bool TakesMany { get; init; }

    /// <summary>Whether it never falls where an argument grows. Default true.</summary>
    public bool IsMonotone { get; init; } = true;
}
