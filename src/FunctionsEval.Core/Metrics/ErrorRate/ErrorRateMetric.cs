using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.ErrorRate;

/// <summary>What an error rate counts.</summary>
internal enum ErrorUnit
{
    /// <summary>Words between white space.</summary>
    Word,

    /// <summary>Code points of the text as it is, white space included.</summary>
    Character,
}

/// <summary>
/// Word or character error rate: edits ÷ reference length, both summed over the corpus; may exceed 1. Of several references, the
/// one with the lowest rate counts (the first of equal ones). Undefined when all references are empty and a hypothesis is not;
/// 0 when all of both are. An unparsable answer is an empty hypothesis.
/// </summary>
internal sealed class ErrorRateMetric(ErrorUnit unit) : Metric
{
    private const int Edits = 0;
    private const int Length = 1;

    /// <summary>Word error rate as specs ask for it.</summary>
    public static MetricDefinition WordDefinition { get; } =
        new("wer", MetricSubjects.Answer, (_, _) => new ErrorRateMetric(ErrorUnit.Word))
        {
            Numbers = [new("wer", MetricUnit.Share, "Word error rate")],
        };

    /// <summary>Character error rate as specs ask for it.</summary>
    public static MetricDefinition CharacterDefinition { get; } =
        new("cer", MetricSubjects.Answer, (_, _) => new ErrorRateMetric(ErrorUnit.Character))
        {
            Numbers = [new("cer", MetricUnit.Share, "Character error rate")],
        };

    /// <inheritdoc/>
    public override string Name => unit == ErrorUnit.Word ? "wer" : "cer";

    /// <inheritdoc/>
    public override string Signature => unit == ErrorUnit.Word ? "unit:word|normalize:none" : "unit:char|normalize:none";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new(unit == ErrorUnit.Word ? "wer" : "cer", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <inheritdoc/>
    public override long MaxPairs => 1L << 34;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var tokens = TextWorkspace.Current.Tokens;
        tokens.Clear();
        Read(sample.Prediction ?? "", tokens);
        var lowest = double.PositiveInfinity;
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            Read(sample.References[reference], tokens);
            var length = tokens[reference + 1].Length;
            var edits = EditDistance.Between(tokens[0], tokens[reference + 1]);
            var rate = Rate(edits, length);
            if (reference == 0 || rate < lowest)
            {
                lowest = double.IsNaN(rate) ? double.PositiveInfinity : rate;
                (statistic[Edits], statistic[Length]) = (edits, length);
            }
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = Rate(sums[Edits], sums[Length]);

    private static double Rate(long edits, long length) =>
        edits == 0 && length == 0 ? 0
        : length == 0 ? double.NaN
        : (double)edits / length;

    private void Read(string text, TokenSequences tokens)
    {
        if (unit == ErrorUnit.Word)
        {
            PythonText.Split(text, tokens);
        }
        else
        {
            tokens.AddCodePoints(text, keepsWhiteSpace: true);
        }

        tokens.EndSequence();
    }
}
