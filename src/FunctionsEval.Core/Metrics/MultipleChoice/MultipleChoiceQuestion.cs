using System.Text;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.MultipleChoice;

/// <summary>
/// A question whose choices a model ranks by log-likelihood, scored as lm-evaluation-harness 0.4 does. Of equal maxima the first wins.
/// </summary>
public sealed record MultipleChoiceQuestion
{
    /// <summary>The texts of the choices.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>ln P(choice | question) of each choice.</summary>
    public required IReadOnlyList<double> LogLikelihoods { get; init; }

    /// <summary>Whether each choice is what greedy decoding yields.</summary>
    public required IReadOnlyList<bool> IsGreedy { get; init; }

    /// <summary>The indexes of the right choices, at least one.</summary>
    public required IReadOnlyList<int> Gold { get; init; }

    /// <summary>The most likely choice (<c>acc</c>).</summary>
    public int MostLikely => ArgMax(LogLikelihoods);

    /// <summary>The most likely choice per code point (<c>acc_norm</c>).</summary>
    public int MostLikelyPerCharacter =>
        ArgMax([.. LogLikelihoods.Zip(Choices, (value, choice) => value / PythonText.CodePoints(choice).Length)]);

    /// <summary>The most likely choice per UTF-8 byte (<c>acc_bytes</c>).</summary>
    public int MostLikelyPerByte => ArgMax([.. LogLikelihoods.Zip(Choices, (value, choice) => value / Encoding.UTF8.GetByteCount(choice))]);

    /// <summary>Whether greedy decoding yields a right choice (<c>exact_match</c>).</summary>
    public bool IsGoldGreedy => Gold.Any(gold => IsGreedy[gold]);

    /// <summary>The softmax of the log-likelihoods.</summary>
    public IReadOnlyList<double> Probabilities
    {
        get
        {
            var largest = LogLikelihoods.Max();
            var weights = LogLikelihoods.Select(value => Math.Exp(value - largest)).ToList();
            var total = weights.Sum();
            return weights.ConvertAll(weight => weight / total);
        }
    }

    /// <summary>Σ over choices of (probability − rightness)², for a question with one right choice; 0–2.</summary>
    public double Brier => ProbabilityScores.SquaredError(Probabilities, Gold[0]);

    /// <summary>Whether a choice is right.</summary>
    public bool IsGold(int choice) => Gold.Contains(choice);

    /// <summary>numpy's argmax: the first maximum, a NaN counting as larger than anything.</summary>
    private static int ArgMax(IReadOnlyList<double> values)
    {
        var best = 0;
        for (var i = 0; i < values.Count && !double.IsNaN(values[best]); i++)
        {
            best = values[i] > values[best] || double.IsNaN(values[i]) ? i : best;
        }

        return best;
    }
}
