using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>What the APIs that give answers have in common: sampling parameters, and the forms that refusals ask for.</summary>
internal abstract class AnsweringProtocol : ModelProtocol
{
    // What OpenAI's completions API and older chat APIs allow; others allow as many as the chat API.
    private const int FewTop = 5;

    /// <inheritdoc/>
    public override int MaxAnswerTokens(ModelRequest request) => request.Sampling.MaxOutputTokens;

    /// <inheritdoc/>
    public override bool MayStream(ModelRequest request) => true;

    /// <inheritdoc/>
    public override Quirks Adapt(EndpointError error, ModelRequest request, Quirks sent)
    {
        var change = RefusedParameters.Adapt(error, request, Parameters, sent);
        if (change == Quirks.None && error.MayBeOfForm && !RefusedParameters.IsConflict(error, request, sent))
        {
            change = AdaptMessages(error, request, sent);
        }

        if (change == Quirks.None && RefusedParameters.MayBeTooManyTop(error, request, sent))
        {
            return Quirks.FewTopLogProbabilities;
        }

        return change == Quirks.NoLogProbabilities && request.ScoredText is not null ? Quirks.None : change;
    }

    /// <inheritdoc/>
    public override Quirks ProvenBy(ModelRequest request, Quirks sent) =>
        !request.TopLogProbabilities || sent.HasFlag(Quirks.NoLogProbabilities) ? Quirks.None
        : sent.HasFlag(Quirks.FewTopLogProbabilities) ? Quirks.FewTopLogProbabilities
        : Quirks.ManyTopLogProbabilities;

    /// <inheritdoc/>
    public override IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent)
    {
        List<string>? names = null;
        foreach (var parameter in Parameters)
        {
            if (parameter.IsLeftOut && sent.HasFlag(parameter.Quirk) && parameter.IsWanted(request, sent))
            {
                (names ??= []).Add(parameter.Name);
            }
        }

        return names ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The quirks that follow from a refusal of the conversation.</summary>
    protected virtual Quirks AdaptMessages(EndpointError error, ModelRequest request, Quirks sent) => Quirks.None;

    /// <summary>
    /// The spec's field that bounds the answer; none for a text that is scored, which has no answer of the spec's length.
    /// </summary>
    protected static string? MaxTokensField(ModelRequest request) => request.ScoredText is null ? "sampling.maxOutputTokens" : null;

    /// <summary>Whether log probabilities of the answer are wanted.</summary>
    protected static bool WantsLogProbabilities(ModelRequest request) =>
        request.Sampling.LogProbabilities || request.TopLogProbabilities || request.ScoredText is not null;

    /// <summary>How many top log probabilities are asked for.</summary>
    protected static int TopCount(Quirks sent) => sent.HasFlag(Quirks.FewTopLogProbabilities) ? FewTop : AnswerToken.MaxTopLogProbabilities;

    /// <summary>Finds an image that the endpoint would have to load without being allowed to.</summary>
    /// <returns>The setting and the fix; null for none.</returns>
    protected static string? FindImageProblem(ModelOptions model, ModelRequest request) =>
        !model.AllowImageAddresses && request.Images.Any(image => ImageUrls.IsAddress(image.Url))
            ? $"{model.Setting(nameof(ModelOptions.AllowImageAddresses))}: the sample has the address of an image, which the endpoint of model '{model.Name}' would have to load. Set it to true to allow that, or put the image beside the dataset."
            : null;

    /// <summary>Writes the sampling parameters that the endpoint takes.</summary>
    protected void WriteParameters(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        foreach (var parameter in Parameters)
        {
            if (parameter.Write is { } write && parameter.IsSent(request, sent))
            {
                write(json, request, sent);
            }
        }
    }
}
