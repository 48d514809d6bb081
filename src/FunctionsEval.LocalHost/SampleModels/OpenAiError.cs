namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>An error answer of the OpenAI API or of Azure OpenAI: its status and its body.</summary>
internal sealed record OpenAiError(int Status, ErrorResponse Body)
{
    private const string InvalidRequest = "invalid_request_error";

    public static OpenAiError Invalid(string message, string? param = null, string? code = null) =>
        New(StatusCodes.Status400BadRequest, message, InvalidRequest, param, code);

    public static OpenAiError InvalidJson() =>
        Invalid("We could not parse the JSON body of your request, or a field of it has the wrong type.");

    public static OpenAiError WrongKey(bool azure) =>
        azure
            ? New(
                StatusCodes.Status401Unauthorized,
                "Access denied due to invalid subscription key or wrong API endpoint. "
                    + "Make sure to provide a valid key for an active subscription and use a correct regional API endpoint "
                    + "for your resource.",
                type: null,
                param: null,
                code: "401"
            )
            : New(StatusCodes.Status401Unauthorized, "Incorrect API key provided: wrong.", InvalidRequest, param: null, "invalid_api_key");

    public static OpenAiError UnknownModel(string model) =>
        New(
            StatusCodes.Status404NotFound,
            $"The model `{model}` does not exist or you do not have access to it.",
            InvalidRequest,
            param: null,
            "model_not_found"
        );

    public static OpenAiError UnknownDeployment() =>
        New(
            StatusCodes.Status404NotFound,
            "The API deployment for this resource does not exist. "
                + "If you created the deployment within the last 5 minutes, please wait a moment and try again.",
            type: null,
            param: null,
            "DeploymentNotFound"
        );

    public static OpenAiError MissingApiVersion() =>
        New(StatusCodes.Status404NotFound, "Resource not found", type: null, param: null, "404");

    public static OpenAiError UnknownUrl(string method, string path) =>
        New(StatusCodes.Status404NotFound, $"Unknown request URL: {method} {path}.", InvalidRequest, param: null, "unknown_url");

    private static OpenAiError New(int status, string message, string? type, string? param, string? code) =>
        new(status, new ErrorResponse(new ErrorBody(message, type, param, code)));
}
