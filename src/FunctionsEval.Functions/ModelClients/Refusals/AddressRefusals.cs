namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// Problems with the address, the deployment or the API. They affect every request of the run, so the run ends.
/// </summary>
internal static class AddressRefusals
{
    /// <summary>Whether the model or deployment does not exist, as the endpoint says.</summary>
    public static bool IsUnknownModel(EndpointError error) =>
        error.Is(
            "DeploymentNotFound",
            "model_not_found",
            "unknown_model",
            "unavailable_model",
            "invalid_model",
            "model_not_available",
            "model_not_supported",
            "ModelNotFound",
            "ModelNotExist",
            "InvalidModel"
        )
        || (error.Status == 404 && error.Says("model") && error.Says("not found", "does not exist"))
        || (
            error.Status is 400 or 404 or 422
            && !error.IsContentFilter
            && !error.IsContextLength
            && (error.Parameter == "model" || error.SaysUnknownModel)
        );

    /// <summary>The result when there is no such model, or when nothing answers at the address.</summary>
    public static ModelCallResult.Misconfigured Missing(EndpointError error, ModelOptions model)
    {
        var what = error.Describe();
        if (error.Status == 400 && error.Begins("Model not supported"))
        {
            // What Foundry answers where a deployment has another API, says its page on endpoints.
            return Misconfigured(
                model,
                nameof(ModelOptions.Api),
                $"deployment '{model.Deployment}' does not have the {model.Api} API ({what}). {model.Api.InsteadAdvice}"
            );
        }

        return IsUnknownModel(error)
            ? Misconfigured(
                model,
                nameof(ModelOptions.Deployment),
                $"the endpoint has no {(CallsDeployments(error, model) ? "deployment" : "model")} '{model.Deployment}' ({what}). "
                    + "Check its spelling, that it has been deployed, and that the key may use it."
            ) with
            {
                MayAppear = true,
            }
            : Misconfigured(
                model,
                nameof(ModelOptions.Endpoint),
                $"nothing answers at this address ({what}). {model.Provider.AddressAdvice(model)}"
            ) with
            {
                // A new deployment does not appear at once: Azure asks to wait for five minutes.
                MayAppear = model.Provider.CallsDeployments && error.Status == 404,
            };
    }

    /// <summary>The result when the endpoint does not serve such requests at all.</summary>
    public static ModelCallResult.Misconfigured Unserved(EndpointError error, ModelOptions model) =>
        Misconfigured(
            model,
            nameof(ModelOptions.Endpoint),
            $"the endpoint does not serve the {model.Api} API in this way ({error.Describe()}). "
                + $"Check the address (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Api))} ({model.Api}), "
                + $"and that deployment '{model.Deployment}' was started for it."
        );

    /// <summary>The result when the endpoint redirects elsewhere.</summary>
    public static ModelCallResult.Misconfigured Redirected(int status, ModelOptions model) =>
        Misconfigured(
            model,
            nameof(ModelOptions.Endpoint),
            $"the endpoint redirects to another address ({status}), and the app does not follow redirects. "
                + "Write that address if you trust it."
        );

    /// <summary>The problem with the requested version or API; null when the refusal is about something else.</summary>
    public static ModelCallResult.Misconfigured? ReadOperation(EndpointError error, ModelOptions model) =>
        IsApiVersion(error)
            ? Misconfigured(
                model,
                nameof(ModelOptions.ApiVersion),
                $"the endpoint does not take this api-version ({(model.Provider.DescribeRoute(model) is { } route ? $"{route}; " : "")}{error.Describe()}). {model.Provider.VersionAdvice(model)}"
            )
        : error.Is("OperationNotSupported", "unsupported_operation")
            ? Misconfigured(
                model,
                nameof(ModelOptions.Api),
                $"deployment '{model.Deployment}' does not have the {model.Api} API ({error.Describe()}). {model.Api.InsteadAdvice}"
            )
        : null;

    /// <summary>Whether the name is a deployment's: Azure says so on the v1 route too, whoever calls it.</summary>
    private static bool CallsDeployments(EndpointError error, ModelOptions model) =>
        model.Provider.CallsDeployments || error.Is("DeploymentNotFound");

    /// <summary>Whether the api-version is not known.</summary>
    private static bool IsApiVersion(EndpointError error) =>
        error.Is(
            "UnsupportedApiVersion",
            "InvalidApiVersion",
            "InvalidApiVersionParameter",
            "ApiVersionNotSupported",
            "MissingApiVersionParameter"
        )
        // The v1 route has no code for it.
        || error.Begins("api-version query parameter is not allowed", "API version not supported", "API in preview mode");

    private static ModelCallResult.Misconfigured Misconfigured(ModelOptions model, string property, string message) =>
        new($"{model.Setting(property)}: {message}");
}
