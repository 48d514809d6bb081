namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// The advice for an endpoint that does not score given texts. All messages use the same words, so that no advice leads back to another.
/// </summary>
internal static class ScoringAdvice
{
    /// <summary>What an endpoint needs to score given texts.</summary>
    public const string Needs = "completions with 'echo' and 'logprobs': vLLM has them; llama.cpp, Ollama and chat APIs do not";

    /// <summary>What can be measured instead, and how to write it in the spec.</summary>
    /// <param name="choices">Whether choices of a question are to be scored; otherwise texts.</param>
    public static string Instead(bool choices) =>
        choices
            ? "With such a server, the model's own answers can be measured through any Api: "
                + "in the spec, write task 'classification' with the choices in the prompt and their letters as labels, "
                + "instead of multiple_choice."
            : "With such a server, the model's own answers can be measured through any Api: "
                + "in the spec, write task 'generation' with the metric 'self_perplexity', instead of language_modelling.";

    /// <summary>The end of a run whose model was asked to score a given text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What it was asked.</param>
    /// <param name="property">The most closely related setting.</param>
    /// <param name="seen">What the endpoint did instead, as the end of a sentence.</param>
    public static ModelCallResult.Misconfigured NotScored(ModelOptions model, ModelRequest request, string property, string seen) =>
        new(
            $"{model.Setting(property)}: the endpoint of model '{model.Name}' does not score given texts, "
                + $"with any value of this setting ({seen}). "
                + $"{Instead(request.ScoredFrom > 0)} To score given texts, name a model whose endpoint does ({Needs})."
        );
}
