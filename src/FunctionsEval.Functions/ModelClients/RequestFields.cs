namespace FunctionsEval.Functions.ModelClients;

/// <summary>The fields of a spec behind the parameters of a request.</summary>
internal static class RequestFields
{
    /// <summary>
    /// The spec's fields that a refusal is about; null where it is about nothing that a spec says, or nothing that was sent.
    /// </summary>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    public static string? Of(EndpointError error, ModelRequest request, Parameters sent)
    {
        if (error.Status is not (400 or 422) || request.EmbeddedTexts.Count > 0)
        {
            return null;
        }

        var sampling = request.Sampling;
        (string Parameter, string Field, bool WasSent)[] fields =
        [
            ("temperature", "sampling.temperature", sampling.Temperature is not null && !sent.HasFlag(Parameters.NoTemperature)),
            ("top_p", "sampling.topP", sampling.TopP is not null && !sent.HasFlag(Parameters.NoTopP)),
            ("seed", "sampling.seed", sampling.Seed is not null && !sent.HasFlag(Parameters.NoSeed)),
            ("stop", "sampling.stop", sampling.Stop.Count > 0 && !sent.HasFlag(Parameters.NoStop)),
            ("max_tokens", "sampling.maxOutputTokens", request.ScoredText is null),
            ("max_completion_tokens", "sampling.maxOutputTokens", request.ScoredText is null),
            ("stream", "sampling.stream", sampling.Stream && !sent.HasFlag(Parameters.NoStream)),
        ];
        string[] found =
        [
            .. fields
                .Where(field => field.WasSent && error.IsAbout(field.Parameter))
                .Select(field => FieldOf(field.Field, request))
                .Distinct(),
        ];
        return found.Length == 0 ? null : string.Join(" and ", found);
    }

    /// <summary>The field; a judge is not asked by <c>sampling</c> but by its metric, which sets the tokens and the model.</summary>
    private static string FieldOf(string field, ModelRequest request) =>
        request.Grader is not { } metric ? field
        : field == "sampling.maxOutputTokens" ? $"max_output_tokens of metric '{metric}'"
        : $"model of metric '{metric}'";
}
