namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves a classifier as a model that answers with a label. The label is one token, and its top log probabilities
/// are the labels' log posteriors.
/// </summary>
internal sealed class ClassifierModel(string id, NaiveBayesClassifier classifier) : ISampleModel
{
    public string Id => id;

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var logPosteriors = classifier.LogPosteriors(prompt);
        var posteriors = logPosteriors.Select(Math.Exp).ToArray();
        var chosen = TokenSampler.Choose(posteriors, settings.Temperature, new Random(settings.Seed));
        var top = classifier
            .Labels.Select((label, index) => new TopLogProbability(label, logPosteriors[index]))
            .OrderByDescending(label => label.LogProbability)
            .Take(settings.TopCount)
            .ToArray();
        return [new SampleToken(classifier.Labels[chosen], logPosteriors[chosen], top)];
    }

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;
}
