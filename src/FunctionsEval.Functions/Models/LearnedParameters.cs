using FunctionsEval.Core.Runs;

namespace FunctionsEval.Functions.Models;

/// <summary>Ways in which an endpoint's requests differ from the usual.</summary>
[Flags]
internal enum Parameters
{
    /// <summary>Nothing differs.</summary>
    None = 0,

    /// <summary><c>max_completion_tokens</c> instead of <c>max_tokens</c> (reasoning models).</summary>
    MaxCompletionTokens = 1,

    /// <summary>No <c>temperature</c> (reasoning models take only their default).</summary>
    NoTemperature = 2,

    /// <summary>No <c>top_p</c>.</summary>
    NoTopP = 4,

    /// <summary>No <c>seed</c>.</summary>
    NoSeed = 8,

    /// <summary>No <c>logprobs</c>.</summary>
    NoLogProbabilities = 16,

    /// <summary>No <c>stream_options</c>, hence no token counts of a streamed answer.</summary>
    NoStreamOptions = 32,

    /// <summary>An echoed text needs <c>max_tokens</c> 1; 0 is refused (vLLM before 0.9, others).</summary>
    EchoOneToken = 64,

    /// <summary>An echoed text was accepted with <c>max_tokens</c> 0; a later refusal is about that text.</summary>
    EchoZeroTokens = 128,

    /// <summary>At most 5 alternatives to a token (<c>top_logprobs</c>; <c>logprobs</c> of the completions API) instead of 20.</summary>
    FewAlternatives = 256,

    /// <summary>20 alternatives to a token were accepted; a later refusal is about something else.</summary>
    ManyAlternatives = 512,
}

/// <summary>What one model's endpoint has been found to refuse. Learned once in a process, from the first refusal, and shared by all calls.</summary>
internal sealed class LearnedParameters
{
    private int _current;

    /// <summary>What is known at this moment.</summary>
    public Parameters Current => (Parameters)Volatile.Read(ref _current);

    /// <summary>Adds to what is known.</summary>
    /// <returns>False when it was known before.</returns>
    public bool Add(Parameters learned) => ((Parameters)Interlocked.Or(ref _current, (int)learned) & learned) != learned;

    /// <summary>What a refusal says must be sent differently; <see cref="Parameters.None"/> when it is a refusal of the request as such.</summary>
    /// <remarks>Only parameters whose absence leaves the meaning of the request as it is: <c>stop</c> and the token limit are never given up.</remarks>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="api">The API it was asked through.</param>
    /// <param name="sent">What was known when the request was sent: the same refusal twice teaches nothing.</param>
    public static Parameters FromRefusal(EndpointError error, ModelRequest request, ModelApi api, Parameters sent)
    {
        bool isAboutAlternatives = request.Alternatives && error.Status is 400 or 422 && (error.IsAbout("top_logprobs") || error.IsAbout("logprobs"));
        if (!error.IsUnsupportedParameter && !isAboutAlternatives)
            return Parameters.None;
        SamplingSpec sampling = request.Sampling;
        (string Name, bool Sent, Parameters Flag)[] parameters =
        [
            ("max_tokens", true, Parameters.MaxCompletionTokens),
            ("temperature", sampling.Temperature is not null, Parameters.NoTemperature),
            ("top_p", sampling.TopP is not null, Parameters.NoTopP),
            ("seed", sampling.Seed is not null, Parameters.NoSeed),
            (api == ModelApi.Chat ? "top_logprobs" : "logprobs", request.Alternatives, Parameters.FewAlternatives),
            ("top_logprobs", true, Parameters.NoLogProbabilities),
            ("logprobs", true, Parameters.NoLogProbabilities),
            ("stream_options", sampling.Stream, Parameters.NoStreamOptions),
        ];
        foreach ((string name, bool wasSent, Parameters flag) in parameters)
        {
            if (wasSent && !sent.HasFlag(flag) && error.IsAbout(name))
                return flag;
        }
        return Parameters.None;
    }

    /// <summary>
    /// Whether fewer alternatives are to be tried after a refusal that does not say what it is about: their number is, as long as that many were never accepted, a likely
    /// reason. It is remembered only when it works.
    /// </summary>
    /// <inheritdoc cref="FromRefusal"/>
    public static bool MayBeTooManyAlternatives(EndpointError error, ModelRequest request, Parameters sent) =>
        request.Alternatives && error.Status is 400 or 422 && (sent & (Parameters.FewAlternatives | Parameters.ManyAlternatives | Parameters.NoLogProbabilities)) == Parameters.None;
}
