namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves a classifier as a model that answers with a label. The label is one token, and the alternatives
/// to it are the other labels with their log posteriors.
/// </summary>
internal sealed class ClassifierModel(string id, NaiveBayesClassifier classifier) : ISampleModel
{
    public string Id => id;

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var logPosteriors = classifier.LogPosteriors(prompt);
        var posteriors = logPosteriors.Select(Math.Exp).ToArray();
        var chosen = TokenSampler.Choose(posteriors, settings.Temperature, new Random(settings.Seed));
        var alternatives = classifier
            .Labels.Select((label, index) => new TokenAlternative(label, logPosteriors[index]))
            .OrderByDescending(alternative => alternative.LogProbability)
            .Take(settings.Alternatives)
            .ToArray();
        return [new SampleToken(classifier.Labels[chosen], logPosteriors[chosen], alternatives)];
    }

    public IReadOnlyList<SampleToken>? Score(string text, int alternatives) => null;
}
