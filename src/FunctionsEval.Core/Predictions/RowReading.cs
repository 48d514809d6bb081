using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Predictions;

/// <summary>Reads a model's text as a prediction into a row. Runs and offline scores both use it.</summary>
public static class RowReading
{
    /// <summary>The row of an answered sample, with its answer read strictly and, where that fails, leniently.</summary>
    /// <param name="row">The row, with its references.</param>
    /// <param name="parser">The spec's parser.</param>
    /// <param name="answer">What the model wrote.</param>
    /// <param name="insteadOfText">What the model gave in the place of a text (<see cref="Completion.InsteadOfText"/>): then there is
    /// nothing to read.</param>
    public static EvaluatedSample Read(EvaluatedSample row, AnswerParser parser, ModelText answer, string? insteadOfText = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(parser);
        ArgumentNullException.ThrowIfNull(answer);
        row = row with { Text = answer.Answer, Reasoning = answer.Reasoning };
        if (insteadOfText is not null)
        {
            return row with { Outcome = Outcome.Unparsable, Reason = insteadOfText };
        }

        return parser.Parse(answer) switch
        {
            Parsed parsed => row with { Prediction = parsed.Value },
            Unparsable unparsable => row with
            {
                Outcome = Outcome.Unparsable,
                Reason = unparsable.Reason,
                LenientPrediction = parser.ParseLeniently(answer),
            },
            _ => throw new InvalidOperationException("Unknown result of parsing."),
        };
    }

    /// <summary>The row of an answered sample whose text is as the model gave it, reasoning included.</summary>
    /// <inheritdoc cref="Read(EvaluatedSample, AnswerParser, ModelText, string?)"/>
    /// <param name="row">The row, with its references.</param>
    /// <param name="parser">The spec's parser.</param>
    /// <param name="text">The text.</param>
    public static EvaluatedSample Read(EvaluatedSample row, AnswerParser parser, string text)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(parser);
        return Read(row, parser, parser.MarkersBeside(row.References).Separate(text));
    }
}
