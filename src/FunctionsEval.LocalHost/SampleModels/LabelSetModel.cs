using System.Text.Json;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves one naive Bayes classifier a label, which decides whether a text has the label (binary relevance; Tsoumakas and Katakis,
/// “Multi-Label Classification: An Overview”, 2007). The answer is a JSON list of the labels, in the order in which training has them.
/// </summary>
internal sealed class LabelSetModel : ISampleModel
{
    private const string Yes = "yes";
    private const string No = "no";

    private readonly IReadOnlyList<(string Label, NaiveBayesClassifier Classifier)> _classifiers;

    private LabelSetModel(string id, IReadOnlyList<(string Label, NaiveBayesClassifier Classifier)> classifiers)
    {
        Id = id;
        _classifiers = classifiers;
    }

    public string Id { get; }

    /// <summary>Trains a classifier for each label that a row has.</summary>
    public static LabelSetModel Train(string id, IReadOnlyList<LabelledSet> rows) =>
        new(
            id,
            [
                .. rows.SelectMany(row => row.Labels)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
                    .Select(label =>
                        (
                            label,
                            NaiveBayesClassifier.Train([
                                .. rows.Select(row => new LabelledText(row.Text, row.Labels.Contains(label) ? Yes : No)),
                            ])
                        )
                    ),
            ]
        );

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var random = new Random(settings.Seed);
        var labels = _classifiers.Where(one => Has(one.Classifier, prompt, settings.Temperature, random)).Select(one => one.Label);
        return TextTokenizer.Tokenize(JsonSerializer.Serialize(labels)).Select(token => new SampleToken(token, null, []));
    }

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    private static bool Has(NaiveBayesClassifier classifier, string text, double temperature, Random random)
    {
        var posteriors = classifier.LogPosteriors(text).Select(Math.Exp).ToArray();
        return classifier.Labels[TokenSampler.Choose(posteriors, temperature, random)] == Yes;
    }
}

/// <summary>A text and the labels that a person gave it.</summary>
internal sealed record LabelledSet(string Text, IReadOnlyList<string> Labels);
