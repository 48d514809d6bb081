using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Throttling;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Reads a response with a status other than 200: whose fault it is, and what to do about it.</summary>
internal static class RefusalReader
{
    /// <summary>Classifies a refusal.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadAsync(
        PipelineResponse response,
        ModelOptions model,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (response.Status is >= 300 and < 400)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.Endpoint),
                $"the endpoint redirects elsewhere ({response.Status}), which is not followed. Write the address it redirects to, if you trust it."
            );
        }

        var error = await ReadErrorAsync(response, cancellationToken);
        return Classify(error, model, RetryAfter.Read(response.Headers, now));
    }

    /// <summary>Classifies an error, whether it came as a refusal or in the place of an answer.</summary>
    /// <param name="error">The error.</param>
    /// <param name="model">The model, for the settings' names.</param>
    /// <param name="retryAfter">The wait the endpoint asked for.</param>
    public static AttemptResult Classify(EndpointError error, ModelOptions model, TimeSpan? retryAfter)
    {
        if (ClassifyAccount(error, model) is { } account)
        {
            return account;
        }

        if (error.IsUnknownModel)
        {
            return Missing(model, error);
        }

        if (error.IsTooLarge)
        {
            return new AttemptResult.Ended(TooLarge(error));
        }
        // llama.cpp gives 500 for a conversation that the model's template refuses, OpenAI 403 for log probabilities that a model does not
        // give.
        if (
            error.IsAboutEcho
            || (error.Status == 500 && error.SaysSystemRoleUnsupported)
            || (error.Status == 403 && error.SaysUnsupported("logprobs"))
        )
        {
            return new AttemptResult.Refused(error);
        }

        switch (error.Status)
        {
            case 429:
                return Transient(TransientFault.Throttled);
            case 503 or 529:
                return Transient(TransientFault.Overloaded);
            case 501 or 505 or 511 or 405 or 406 or 407 or 410 or 415 or 421 or 426:
                return Unserved(model, error);
            case 408 or 409 or 425 or >= 500:
                return Transient(TransientFault.Broken);
            case 424:
                return Transient(TransientFault.ModelFailed);
            case 200:
                return new AttemptResult.Transient(
                    TransientFault.Broken,
                    error.Reason == "http_200" ? CallReasons.ErrorInBody : error.Reason
                );
            case 403 when !error.IsContentFilter:
                return Transient(TransientFault.Denied);
            case 404:
                return Missing(model, error);
        }

        if (error.IsApiVersion)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiVersion),
                $"the endpoint does not know api-version {model.ApiVersion} ({Describe(error)}). Write one it supports, such as {ModelOptions.DefaultApiVersion}."
            );
        }

        if (error.IsWrongOperation)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.Api),
                $"deployment '{model.Deployment}' does not have the {model.Api} API ({Describe(error)}). {(model.Api == ModelApi.Embeddings ? "Name a deployment of an embedding model." : $"Set it to {(model.Api == ModelApi.Chat ? ModelApi.Completions : ModelApi.Chat)}, or name another deployment.")}"
            );
        }

        return new AttemptResult.Refused(error);

        AttemptResult.Transient Transient(TransientFault fault) => new(fault, error.Reason, retryAfter) { Description = Describe(error) };
    }

    /// <summary>
    /// What a refusal means once no other form of the request is left. What every request of the run asks for is the run's fault, and not
    /// the sample's.
    /// </summary>
    /// <param name="error">The refusal.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    /// <param name="attempts">Requests sent.</param>
    public static ModelCallResult ToResult(EndpointError error, ModelOptions model, ModelRequest request, Parameters sent, int attempts)
    {
        if (error.IsContentFilter)
        {
            return new ModelCallResult.Failed(
                Outcome.ContentFiltered,
                CallReasons.ContentFilter,
                "A content filter withheld the prompt.",
                attempts
            );
        }
        // vLLM and others say it in words only.
        var reason = error.IsContextLength && error.Reason != "string_above_max_length" ? CallReasons.ContextLength : error.Reason;
        var message = $"The endpoint refused the request ({Describe(error)}).";
        if (error.IsContextLength || RequestFields.Of(error, request, sent) is not { } fields)
        {
            return new ModelCallResult.Failed(Outcome.Rejected, reason, message, attempts);
        }

        return
            error.Parameter is null
            && !(request.Sampling is { Temperature: not null, TopP: not null } && error.IsConflictOf("temperature", "top_p"))
            ? new ModelCallResult.Failed(
                Outcome.Rejected,
                reason,
                $"{message} Change {fields} in the spec, or name another model.",
                attempts
            )
            : new ModelCallResult.Misconfigured(
                $"{fields}: the endpoint of model '{model.Name}' does not take what the spec says ({Describe(error)}), and leaving it out would change the evaluation. Change it in the spec, or name another model."
            );
    }

    /// <summary>Status, code and parameter, for messages.</summary>
    public static string Describe(EndpointError error)
    {
        var code = error.Reason == $"http_{error.Status}" ? "" : $", {error.Reason}";
        var parameter = error.Subject is { } subject ? $", parameter '{subject}'" : "";
        return $"status {error.Status}{code}{parameter}";
    }

    private static AttemptResult.Ended? ClassifyAccount(EndpointError error, ModelOptions model)
    {
        if (error.IsQuota)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiKey),
                $"the account has no quota or credit left ({Describe(error)}). Check its plan and billing, or use another key."
            );
        }

        if (error.IsSuspended)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiKey),
                $"the account is closed or suspended ({Describe(error)}). Ask its owner or the provider, or use another key."
            );
        }

        if (error.Status == 401 && model.ApiKey is null && model.Provider == ModelProvider.AzureOpenAI)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiKey),
                $"the endpoint refused the managed identity ({Describe(error)}). Give the identity the role 'Cognitive Services OpenAI User' on the resource, or set a key."
            );
        }

        if ((error.Status == 401 || error.IsKey) && model.ApiKey is null)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiKey),
                $"no key is set, and the endpoint asks for one ({Describe(error)}). Set it to the key of {model.Setting(nameof(ModelOptions.Endpoint))}."
            );
        }

        if (error.Status == 401 || error.IsKey)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.ApiKey),
                $"the endpoint refused the key ({Describe(error)}). Check that the key belongs to {model.Setting(nameof(ModelOptions.Endpoint))} and has not been revoked."
            );
        }

        return null;
    }

    private static ModelCallResult.Failed TooLarge(EndpointError error) =>
        new(
            Outcome.Rejected,
            error.Status == 429 ? CallReasons.RequestTooLarge : error.Reason,
            $"The request is larger than the endpoint's limit or quota takes at once ({Describe(error)}). Raise the quota, or shorten the prompt or sampling.maxOutputTokens.",
            Attempts: 1
        );

    // A deployment that was just made is not there at once: Azure asks to wait for five minutes.
    private static AttemptResult.Ended Missing(ModelOptions model, EndpointError error)
    {
        var isAzure = model.Provider == ModelProvider.AzureOpenAI;
        if (error.IsUnknownModel)
        {
            return Misconfigured(
                model,
                nameof(ModelOptions.Deployment),
                $"the endpoint has no {(isAzure ? "deployment" : "model")} '{model.Deployment}' ({Describe(error)}). Check its spelling, that it has been deployed, and that the key may use it.",
                mayAppear: true
            );
        }

        return isAzure
            ? Misconfigured(
                model,
                nameof(ModelOptions.Endpoint),
                $"nothing answers at this address ({Describe(error)}). Check it, {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and {model.Setting(nameof(ModelOptions.ApiVersion))} ({model.ApiVersion}).",
                mayAppear: error.Status == 404
            )
            : Misconfigured(
                model,
                nameof(ModelOptions.Endpoint),
                $"nothing answers at this address ({Describe(error)}). Check it (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Deployment))} ('{model.Deployment}') and {model.Setting(nameof(ModelOptions.Api))} ({model.Api})."
            );
    }

    // No sample can make an endpoint answer so: it does not have what every request of the run asks for.
    private static AttemptResult.Ended Unserved(ModelOptions model, EndpointError error) =>
        Misconfigured(
            model,
            nameof(ModelOptions.Endpoint),
            $"the endpoint does not serve the {model.Api} API in this way ({Describe(error)}). Check the address (most servers' ends with /v1), {model.Setting(nameof(ModelOptions.Api))} ({model.Api}), and that deployment '{model.Deployment}' was started for it."
        );

    private static AttemptResult.Ended Misconfigured(ModelOptions model, string property, string message, bool mayAppear = false) =>
        new(new ModelCallResult.Misconfigured($"{model.Setting(property)}: {message}") { MayAppear = mayAppear });

    private static async Task<EndpointError> ReadErrorAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        Memory<byte> body;
        try
        {
            body = await ResponseBody.ReadAsync(response, ResponseBody.BaseBytes, budget: null, cancellationToken);
        }
        catch (BodyTooLargeException)
        {
            return EndpointError.Read(StatusOf(response), "");
        }

        var text = Encoding.UTF8.GetString(body.Span).Trim();
        try
        {
            using var document = ResponseBody.Parse(body);
            return EndpointError.Read(StatusOf(response), document.RootElement);
        }
        catch (JsonException)
        {
            // Of a proxy's page the status alone decides.
            return EndpointError.Read(StatusOf(response), text.StartsWith('<') ? "" : text);
        }
    }

    // An Azure Machine Learning endpoint answers 424 for every refusal of the server in the container, and says its status in a header.
    private static int StatusOf(PipelineResponse response) =>
        response.Status == 424
        && response.Headers.TryGetValue("ms-azureml-model-error-statuscode", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 400 and < 600
            ? status
            : response.Status;
}
