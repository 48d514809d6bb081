using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Protocols;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// The result of a refused request when no other form of it is left. If every request of the run would be refused, the spec is at fault and
/// not the sample.
/// </summary>
internal static class RefusedRequest
{
    /// <summary>The result of the call.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    /// <param name="attempts">Requests sent.</param>
    public static ModelCallResult ToResult(EndpointError error, ModelOptions model, ModelRequest request, Quirks sent, int attempts)
    {
        if (IsUnableToScore(error, request))
        {
            var property = error.IsAboutEcho ? nameof(ModelOptions.Api) : nameof(ModelOptions.Deployment);
            return ScoringAdvice.NotScored(model, request, property, error.Describe());
        }

        if (error.IsContentFilter)
        {
            return new ModelCallResult.Failed(
                Outcome.ContentFiltered,
                CallReasons.ContentFilter,
                $"A content filter withheld the prompt{ContentFilters.Describe(error.Filters)}.",
                attempts
            );
        }

        // vLLM and others say it in words only.
        var reason = error.IsContextLength && error.Reason != "string_above_max_length" ? CallReasons.ContextLength : error.Reason;
        var message = $"The endpoint refused the request ({error.Describe()}).";
        if (FeatureRefusals.Read(error, model, request) is { } feature)
        {
            return feature;
        }

        var found = error.IsContextLength ? [] : FindParameters(error, model.Api.Parameters, request, sent);
        if (FieldsOf(found, request) is not { } fields)
        {
            return new ModelCallResult.Failed(Outcome.Rejected, reason, message, attempts);
        }

        if (found.TrueForAll(parameter => parameter.IsOfRow) && !IsUnsupported(error, found))
        {
            return new ModelCallResult.Failed(Outcome.Rejected, reason, $"{message} The row's tools do not suit the endpoint.", attempts);
        }

        var isSaidByText =
            error.Parameter is null
            && !(request.Sampling is { Temperature: not null, TopP: not null } && error.IsConflictOf("temperature", "top_p"));
        return isSaidByText
            ? new ModelCallResult.Failed(
                Outcome.Rejected,
                reason,
                $"{message} Change {fields} in the spec, or name another model.",
                attempts
            )
            : new ModelCallResult.Misconfigured(
                $"{fields}: the endpoint of model '{model.Name}' does not take what the spec says ({error.Describe()}), "
                    + "and leaving it out would change the evaluation. Change it in the spec, or name another model."
            );
    }

    /// <summary>The result when one request alone is larger than the endpoint accepts.</summary>
    public static ModelCallResult.Failed TooLarge(EndpointError error) =>
        new(
            Outcome.Rejected,
            error.Status == 429 ? CallReasons.RequestTooLarge : error.Reason,
            $"The request is larger than the endpoint's limit or quota takes at once ({error.Describe()}). "
                + "Raise the quota, or shorten the prompt or sampling.maxOutputTokens.",
            Attempts: 1
        );

    private static bool IsUnableToScore(EndpointError error, ModelRequest request) =>
        request.ScoredText is not null
        && (error.IsAboutEcho || (error.IsUnsupportedParameter && (error.IsAbout("logprobs") || error.IsAbout("echo"))));

    /// <summary>The parameters that a refusal is about and that were sent.</summary>
    private static List<RequestParameter> FindParameters(
        EndpointError error,
        IReadOnlyList<RequestParameter> parameters,
        ModelRequest request,
        Quirks sent
    ) =>
        error.Status is 400 or 422
            ? [.. parameters.Where(parameter => parameter.IsSent(request, sent) && error.IsAbout(parameter.Name))]
            : [];

    /// <summary>The spec's fields that set parameters; null where none does.</summary>
    private static string? FieldsOf(List<RequestParameter> parameters, ModelRequest request)
    {
        string[] fields =
        [
            .. parameters
                .Select(parameter => parameter.SpecField?.Invoke(request))
                .OfType<string>()
                .Select(field => FieldFor(field, request))
                .Distinct(),
        ];
        return fields.Length == 0 ? null : string.Join(" and ", fields);
    }

    private static bool IsUnsupported(EndpointError error, List<RequestParameter> parameters) =>
        error.IsUnsupportedParameter || parameters.Exists(parameter => error.SaysUnsupported(parameter.Name));

    /// <summary>The field. For a judge it is a metric's option, because the metric sets the tokens and the model.</summary>
    private static string FieldFor(string field, ModelRequest request) =>
        request.Grader is not { } metric ? field
        : field == "sampling.maxOutputTokens" ? $"max_output_tokens of metric '{metric}'"
        : $"model of metric '{metric}'";
}
