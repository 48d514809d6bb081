using System.ClientModel.Primitives;
using System.Text.Json;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Functions.Models;

/// <summary>Reads a response with a status other than 200: whose fault it is, and what to do about it.</summary>
internal static class RefusalReader
{
    /// <summary>Classifies a refusal.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadAsync(PipelineResponse response, ModelOptions model, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (response.Status is >= 300 and < 400)
            return Misconfigured(model, nameof(ModelOptions.Endpoint), $"the endpoint redirects elsewhere ({response.Status}), which is not followed. Write the address it redirects to, if you trust it.");

        EndpointError error = await ReadErrorAsync(response, cancellationToken);
        if (error.IsQuota)
            return Misconfigured(model, nameof(ModelOptions.ApiKey), $"the account has no quota left ({Describe(error)}). Check its plan and billing, or use another key.");

        switch (response.Status)
        {
            case 429:
                return new AttemptResult.Passing(PassingFault.Throttled, error.Reason, RetryAfter.Read(response.Headers, now));
            case 503 or 529:
                return new AttemptResult.Passing(PassingFault.Overloaded, error.Reason, RetryAfter.Read(response.Headers, now));
            case 408 or 409 or 425 or >= 500:
                return new AttemptResult.Passing(PassingFault.Broken, error.Reason, RetryAfter.Read(response.Headers, now));
            case 401 when model.ApiKey is null && model.Provider == ModelProvider.AzureOpenAI:
                return Misconfigured(model, nameof(ModelOptions.ApiKey), $"the endpoint refused the managed identity ({Describe(error)}). Give the identity the role 'Cognitive Services OpenAI User' on the resource, or set a key.");
            case 401:
                return Misconfigured(model, nameof(ModelOptions.ApiKey), $"the endpoint refused the key ({Describe(error)}). Check that the key belongs to {model.Setting(nameof(ModelOptions.Endpoint))} and has not been revoked.");
            case 403 when !error.IsContentFilter:
                return Misconfigured(model, nameof(ModelOptions.ApiKey), $"the endpoint denied access ({Describe(error)}). Check that the key or identity may use deployment '{model.Deployment}', and that the endpoint's network rules admit this app.");
            case 404 or 405 or 410:
                return Missing(model, error);
        }

        if (error.IsUnknownModel)
            return Missing(model, error);
        if (error.IsApiVersion)
            return Misconfigured(model, nameof(ModelOptions.ApiVersion), $"the endpoint does not know api-version {model.ApiVersion} ({Describe(error)}). Write one it supports, such as {ModelOptions.DefaultApiVersion}.");
        if (error.IsWrongOperation)
            return Misconfigured(model, nameof(ModelOptions.Api), $"deployment '{model.Deployment}' does not have the {model.Api} API ({Describe(error)}). {(model.Api == ModelApi.Embeddings ? "Name a deployment of an embedding model." : $"Set it to {(model.Api == ModelApi.Chat ? ModelApi.Completions : ModelApi.Chat)}, or name another deployment.")}");
        return new AttemptResult.Refused(error);
    }

    /// <summary>What a refusal means once no other form of the request is left.</summary>
    public static ModelCallResult.Failed ToResult(EndpointError error, int attempts) => error.IsContentFilter
        ? new ModelCallResult.Failed(Outcome.ContentFiltered, CallReasons.ContentFilter, "A content filter withheld the prompt.", attempts)
        : new ModelCallResult.Failed(Outcome.Rejected, error.Reason, $"The endpoint refused the request ({Describe(error)}).", attempts);

    /// <summary>Status and code, for messages.</summary>
    public static string Describe(EndpointError error) => error.Reason == $"http_{error.Status}" ? $"status {error.Status}" : $"status {error.Status}, {error.Reason}";

    private static AttemptResult.Ended Missing(ModelOptions model, EndpointError error)
    {
        if (error.IsUnknownModel)
            return Misconfigured(model, nameof(ModelOptions.Deployment), $"the endpoint has no {(model.Provider == ModelProvider.AzureOpenAI ? "deployment" : "model")} '{model.Deployment}' ({Describe(error)}). Check its spelling, and that it has been deployed.");
        return Misconfigured(model, nameof(ModelOptions.Endpoint), model.Provider == ModelProvider.AzureOpenAI
            ? $"nothing answers at this address ({Describe(error)}). Check it, {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and {model.Setting(nameof(ModelOptions.ApiVersion))} ({model.ApiVersion})."
            : $"nothing answers at this address ({Describe(error)}). Check it (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and {model.Setting(nameof(ModelOptions.Api))} ({model.Api}).");
    }

    private static AttemptResult.Ended Misconfigured(ModelOptions model, string property, string message) =>
        new(new ModelCallResult.Misconfigured($"{model.Setting(property)}: {message}"));

    private static async Task<EndpointError> ReadErrorAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = await AnswerReader.ReadJsonAsync(response, cancellationToken);
            return EndpointError.Read(response.Status, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or BodyTooLargeException)
        {
            // A proxy's page: the status alone decides.
            return EndpointError.Read(response.Status, null);
        }
    }
}
