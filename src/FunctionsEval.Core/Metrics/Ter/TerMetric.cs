using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Ter;

/// <summary>
/// Translation edit rate (Snover et al., AMTA 2006): edits and shifts ÷ reference length, summed over the corpus; 0 is perfect
/// and it may exceed 100. The edits are the fewest against any one reference, the length is the references' mean. An unparsable
/// answer is an empty hypothesis.
/// </summary>
internal sealed class TerMetric(TercomOptions options) : Metric
{
    private const int Edits = 0;
    private const int Length = 1;
    private const int LengthUnits = 2;

    private readonly TokenizerTercom _tokenizer = new(options);

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("ter", MetricSubjects.Answer, Create) { Numbers = [new("ter", MetricUnit.Score, "TER")] };

    private static TerMetric Create(OptionReader options, MetricContext context) =>
        new(
            new TercomOptions
            {
                Normalized = options.Bool("normalized"),
                NoPunct = options.Bool("no_punct"),
                AsianSupport = options.Bool("asian_support"),
                CaseSensitive = options.Bool("case_sensitive"),
            }
        );

    /// <inheritdoc/>
    public override string Name => "ter";

    /// <inheritdoc/>
    public override string Signature { get; } = Describe(options);

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("ter", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <summary>The signature in sacrebleu's notation.</summary>
    /// <param name="options">The tokenizer's options.</param>
    private static string Describe(TercomOptions options)
    {
        static string YesNo(bool value) => value ? "yes" : "no";
        return $"case:{(options.CaseSensitive ? "mixed" : "lc")}|tok:tercom|norm:{YesNo(options.Normalized)}|"
            + $"punct:{YesNo(!options.NoPunct)}|asian:{YesNo(options.AsianSupport)}|version:2.6.0";
    }

    /// <inheritdoc/>
    public override long MaxPairs => 1L << 32;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var workspace = TextWorkspace.Current;
        var tokens = workspace.Tokens;
        tokens.Clear();
        Read(sample.Prediction ?? "", workspace);
        var fewest = int.MaxValue;
        double lengths = 0;
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            Read(sample.References[reference], workspace);
            fewest = Math.Min(fewest, workspace.Tercom.CountEdits(tokens[0], tokens[reference + 1]));
            lengths += tokens[reference + 1].Length;
        }

        statistic[Edits] = fewest;
        (statistic[Length], statistic[LengthUnits]) = FixedPoint.Split(lengths / sample.References.Count);
    }

    private void Read(string text, TextWorkspace workspace)
    {
        _tokenizer.Tokenize(PythonText.TrimEnd(text.AsSpan()), workspace);
        workspace.Tokens.EndSequence();
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var length = ReferenceLength(sums);
        values[0] =
            length > 0 ? 100 * sums[Edits] / length
            : sums[Edits] > 0 ? 100
            : 0;
    }

    /// <summary>The mean reference lengths summed over segments.</summary>
    internal static double ReferenceLength(ReadOnlySpan<long> sums) => FixedPoint.Join(sums[Length], sums[LengthUnits]);
}
