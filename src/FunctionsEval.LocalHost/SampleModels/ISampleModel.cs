namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A trained model that is served under a name.</summary>
internal interface ISampleModel
{
    /// <summary>The name by which requests ask for the model.</summary>
    string Id { get; }

    /// <summary>
    /// Produces an answer token by token until the model itself ends it. The caller stops earlier when a token limit or a stop string says
    /// so. The same arguments give the same tokens.
    /// </summary>
    IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings);

    /// <summary>
    /// The log probability of each token of a given text, the first one's being null because the original API does not tell it; null when
    /// the model has no distribution over text.
    /// </summary>
    /// <param name="text">The text to score.</param>
    /// <param name="topCount">How many of the likeliest tokens to list at each position.</param>
    IReadOnlyList<SampleToken>? Score(string text, int topCount);
}

/// <summary>What a request says about how to choose tokens.</summary>
/// <param name="Temperature">0 takes the likeliest token, 1 samples from the distribution as it is.</param>
/// <param name="Seed">The seed of the sampling; unused at temperature 0.</param>
/// <param name="TopCount">How many of the likeliest tokens to list at each position.</param>
internal sealed record GenerationSettings(double Temperature, int Seed, int TopCount);
