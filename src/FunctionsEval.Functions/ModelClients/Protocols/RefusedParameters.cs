using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>Finds which parameter of a request a refusal is about.</summary>
internal static class RefusedParameters
{
    /// <summary>How a request must be sent after its parameters were refused; <see cref="Quirks.None"/> for no other way.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="parameters">The protocol's parameters.</param>
    /// <param name="sent">How it was sent.</param>
    public static Quirks Adapt(EndpointError error, ModelRequest request, IReadOnlyList<RequestParameter> parameters, Quirks sent)
    {
        if (!error.MayBeOfForm)
        {
            return Quirks.None;
        }

        if (IsConflict(error, request, sent))
        {
            return request.Sampling.Temperature == 0 || request.Sampling.TopP == 1 ? Quirks.NoTopP
                : request.Sampling.Temperature == 1 ? Quirks.NoTemperature
                : Quirks.None;
        }

        List<RequestParameter> refused =
        [
            .. parameters.Where(parameter =>
                parameter.Quirk != Quirks.None
                && !sent.HasFlag(parameter.Quirk)
                && parameter.IsWanted(request, sent)
                && IsRefused(error, request, parameter)
            ),
        ];
        // A text may list what is taken beside what is not: what it names by its field, or else nearest to the words of refusal, is what it
        // is about.
        if (refused.Exists(parameter => error.IsNamed(parameter.Name)))
        {
            refused.RemoveAll(parameter => !error.IsNamed(parameter.Name));
        }

        return refused.Count > 0 ? refused.MinBy(parameter => error.DistanceOf(parameter.Name))!.Quirk : Quirks.None;
    }

    /// <summary>
    /// Whether to try fewer top log probabilities after a refusal that does not name its cause. Their number is a likely cause until that
    /// many were accepted once. The quirk is recorded only if it works.
    /// </summary>
    public static bool MayBeTooManyTop(EndpointError error, ModelRequest request, Quirks sent) =>
        request.TopLogProbabilities
        && error.Status is 400 or 422
        && (sent & (Quirks.FewTopLogProbabilities | Quirks.ManyTopLogProbabilities | Quirks.NoLogProbabilities)) == Quirks.None;

    /// <summary>Whether the endpoint takes either a temperature or a <c>top_p</c>, but not both.</summary>
    public static bool IsConflict(EndpointError error, ModelRequest request, Quirks sent) =>
        request.Sampling is { Temperature: not null, TopP: not null }
        && (sent & (Quirks.NoTemperature | Quirks.NoTopP)) == Quirks.None
        && error.IsConflictOf("temperature", "top_p");

    private static bool IsRefused(EndpointError error, ModelRequest request, RequestParameter parameter) =>
        error.SaysUnsupported(parameter.Name)
        || (
            error.IsAbout(parameter.Name)
            && (
                error.IsUnsupportedParameter
                || parameter.Quirk == Quirks.NoStop
                || (
                    parameter.Quirk is Quirks.FewTopLogProbabilities or Quirks.NoLogProbabilities
                    && request.TopLogProbabilities
                    && error.Status is 400 or 422
                )
            )
        );
}
