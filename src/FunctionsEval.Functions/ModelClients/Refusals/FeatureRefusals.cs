namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// Features that a model does not have. A request without them would be another prompt than the one that is evaluated, so the run ends.
/// </summary>
internal static class FeatureRefusals
{
    /// <summary>
    /// The result of a request with a feature that the model does not have; null when the refusal is about something else.
    /// </summary>
    /// <param name="error">The refusal.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked.</param>
    public static ModelCallResult.Misconfigured? Read(EndpointError error, ModelOptions model, ModelRequest request) =>
        error.Feature switch
        {
            RefusedFeature.Tools when request.HasTools => new(
                $"tools: the endpoint of model '{model.Name}' takes no tools ({error.Describe()}), and leaving them out would change the evaluation. Start its server with tool calls, name another model, or write \"tools\": \"ignore\" in the spec."
            ),
            RefusedFeature.Images when request.Images.Any() => new(
                $"{model.Setting(nameof(ModelOptions.Deployment))}: model '{model.Name}' takes no images ({error.Describe()}), and leaving them out would change the evaluation. Name a deployment of a model with vision."
            ),
            RefusedFeature.ResponseFormat when request.ResponseFormat is not null => new(
                $"responseFormat: the endpoint of model '{model.Name}' does not take what the spec says ({error.Describe()}), and leaving it out would change the evaluation. Change it in the spec, or name another model."
            ),
            _ => null,
        };
}
