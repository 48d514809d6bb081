using System.Globalization;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves a linear model of a text's words and numbers, fitted by ridge regression (Hoerl and Kennard, Technometrics 12, 1970). A word
/// counts whether it is there; a number counts with its value, by the word beside it (64 m² and 3 rooms are two features). The answer is
/// the estimate, rounded to a whole number. It has no probabilities, and the temperature has nothing to act on.
/// </summary>
internal sealed class NumberModel : ISampleModel
{
    /// <summary>How much a coefficient costs, where a word is 1 and a number a hundredth of its value.</summary>
    private const double Penalty = 1;

    private const double NumberScale = 100;

    private readonly Dictionary<string, int> _features;
    private readonly double[] _coefficients;
    private readonly double _mean;

    private NumberModel(string id, Dictionary<string, int> features, double[] coefficients, double mean)
    {
        Id = id;
        _features = features;
        _coefficients = coefficients;
        _mean = mean;
    }

    public string Id { get; }

    /// <summary>Fits the model. Features of a single row are left out.</summary>
    public static NumberModel Train(string id, IReadOnlyList<NumberedText> rows)
    {
        var features = rows.SelectMany(row => FeaturesOf(row.Text).Select(feature => feature.Name).Distinct(StringComparer.Ordinal))
            .CountBy(name => name, StringComparer.Ordinal)
            .Where(count => count.Value > 1)
            .Select((count, index) => (count.Key, index))
            .ToDictionary(feature => feature.Key, feature => feature.index, StringComparer.Ordinal);
        var mean = rows.Average(row => row.Number);
        var inputs = rows.Select(row => VectorOf(row.Text, features)).ToArray();
        return new NumberModel(id, features, Fit(inputs, [.. rows.Select(row => row.Number - mean)]), mean);
    }

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var estimate = _mean + VectorOf(prompt, _features).Zip(_coefficients, (value, coefficient) => value * coefficient).Sum();
        return [new SampleToken(Math.Round(estimate).ToString(CultureInfo.InvariantCulture), null, [])];
    }

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    private static double[] VectorOf(string text, Dictionary<string, int> features)
    {
        // The last feature is the intercept.
        var vector = new double[features.Count + 1];
        vector[^1] = 1;
        foreach (var (name, value) in FeaturesOf(text))
        {
            if (features.TryGetValue(name, out var index))
            {
                vector[index] = value;
            }
        }

        return vector;
    }

    private static IEnumerable<(string Name, double Value)> FeaturesOf(string text)
    {
        var words = TextTokenizer.Words(text);
        for (var i = 0; i < words.Count; i++)
        {
            if (!double.TryParse(words[i], CultureInfo.InvariantCulture, out var number))
            {
                yield return (words[i], 1);
                continue;
            }

            yield return ($"{(i > 0 ? words[i - 1] : "")} #", number / NumberScale);
            yield return ($"# {(i + 1 < words.Count ? words[i + 1] : "")}", number / NumberScale);
        }
    }

    /// <summary>Solves (XᵀX + λI) b = Xᵀy; the matrix is positive definite because λ is above 0.</summary>
    private static double[] Fit(double[][] inputs, double[] outputs)
    {
        var lower = Decompose(inputs);
        var solution = new double[lower.GetLength(0)];
        for (var row = 0; row < solution.Length; row++)
        {
            solution[row] = inputs.Zip(outputs, (input, output) => input[row] * output).Sum();
            for (var k = 0; k < row; k++)
            {
                solution[row] -= lower[row, k] * solution[k];
            }

            solution[row] /= lower[row, row];
        }

        for (var row = solution.Length - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < solution.Length; k++)
            {
                solution[row] -= lower[k, row] * solution[k];
            }

            solution[row] /= lower[row, row];
        }

        return solution;
    }

    /// <summary>Cholesky's decomposition of XᵀX + λI.</summary>
    private static double[,] Decompose(double[][] inputs)
    {
        var size = inputs[0].Length;
        var lower = new double[size, size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var sum = inputs.Sum(input => input[row] * input[column]) + (row == column ? Penalty : 0);
                for (var k = 0; k < column; k++)
                {
                    sum -= lower[row, k] * lower[column, k];
                }

                lower[row, column] = row == column ? Math.Sqrt(sum) : sum / lower[column, column];
            }
        }

        return lower;
    }
}

/// <summary>A text and the number that belongs to it.</summary>
internal sealed record NumberedText(string Text, double Number);
