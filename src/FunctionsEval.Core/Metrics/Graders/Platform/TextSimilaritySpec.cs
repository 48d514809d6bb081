using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics.Graders.Similarity;
using FunctionsEval.Core.Metrics.Rouge;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>A <c>text_similarity</c> that needs no model, 0–1.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Measure">One of <see cref="Measures"/>.</param>
public sealed record TextSimilaritySpec(string Name, ComparedTexts Texts, string Measure) : TextGraderSpec(Name, Texts)
{
    /// <summary>Time grows with the product of the texts' lengths; the same bound as ROUGE's.</summary>
    private const long MaxPairs = 1L << 34;

    private static readonly Dictionary<string, (string Tool, Func<string, string, double> Score)> ByName = new(StringComparer.Ordinal)
    {
        ["fuzzy_match"] = ("rapidfuzz-3.14.5:ratio", FuzzyRatio.Between),
        ["bleu"] = ("sacrebleu-2.6.0:sentence", Bleu),
        ["gleu"] = ("nltk-3.8.1:13a", GoogleBleu.Between),
        ["meteor"] = ("nltk-3.8.1:13a:no_synonyms", Meteor.Between),
        ["rouge_1"] = (RougeTool, Rouge("rouge1")),
        ["rouge_2"] = (RougeTool, Rouge("rouge2")),
        ["rouge_3"] = (RougeTool, Rouge("rouge3")),
        ["rouge_4"] = (RougeTool, Rouge("rouge4")),
        ["rouge_5"] = (RougeTool, Rouge("rouge5")),
        ["rouge_l"] = (RougeTool, Rouge("rougeL")),
    };

    private const string RougeTool = "rouge_score-0.1.2:f";

    private static readonly BleuMetric SentenceBleu = new(new BleuOptions { EffectiveOrder = true });

    /// <summary>The measures by the platforms' names, without <c>cosine</c>, which needs a model.</summary>
    public static IReadOnlyList<string> Measures { get; } = [.. ByName.Keys];

    /// <summary>The tool and version whose number it is.</summary>
    public string Tool => ByName[Measure].Tool;

    /// <inheritdoc/>
    public override double? Score(string input, string reference) =>
        (long)input.Length * reference.Length > MaxPairs ? null : Math.Clamp(ByName[Measure].Score(input, reference), 0, 1);

    private static Func<string, string, double> Rouge(string type)
    {
        var scorer = new RougeScorer(new RougeTokenizer(RougeTokenizer.Default, useStemmer: false), [type]);
        return (input, reference) =>
        {
            var score = default(RougeScore);
            scorer.Score(reference, input, new Span<RougeScore>(ref score));
            return score.FMeasure;
        };
    }

    private static double Bleu(string input, string reference)
    {
        var statistic = new long[SentenceBleu.StatisticLength];
        SentenceBleu.Measure(new MetricSample { References = [reference], Prediction = input }, statistic);
        return SentenceBleu.Score(statistic).Score / 100;
    }
}
