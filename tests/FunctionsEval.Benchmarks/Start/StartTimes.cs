namespace FunctionsEval.Benchmarks.Start;

/// <summary>What was measured, by side and by what.</summary>
internal sealed class StartTimes(IReadOnlyList<string> sides)
{
    private readonly List<string> _names = [];
    private readonly Dictionary<(string Side, string Name), List<double>> _seconds = [];

    /// <summary>Adds a time of a round.</summary>
    public void Add(string side, string name, TimeSpan time)
    {
        if (!_names.Contains(name))
        {
            _names.Add(name);
        }

        if (!_seconds.TryGetValue((side, name), out var known))
        {
            _seconds[(side, name)] = known = [];
        }

        known.Add(time.TotalSeconds);
        Console.WriteLine(FormattableString.Invariant($"{side, -7} {name, -44} {time.TotalSeconds:0.00} s"));
    }

    /// <summary>Prints median and range of each, and the ratio of the medians.</summary>
    public void Print()
    {
        Console.WriteLine();
        foreach (var name in _names)
        {
            var columns = sides.Select(side =>
            {
                var seconds = _seconds[(side, name)];
                return FormattableString.Invariant($"{side} {MedianOf(seconds):0.00} s ({seconds.Min():0.00}-{seconds.Max():0.00})");
            });
            var ratio =
                sides.Count == 2
                    ? FormattableString.Invariant(
                        $"  ratio {MedianOf(_seconds[(sides[0], name)]) / MedianOf(_seconds[(sides[1], name)]):0.0}"
                    )
                    : "";
            Console.WriteLine($"{name, -44} {string.Join("  ", columns)}{ratio}");
        }
    }

    private static double MedianOf(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
