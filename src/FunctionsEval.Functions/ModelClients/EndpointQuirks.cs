using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients;

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

    /// <summary>No <c>stop</c>: the app itself ends the answer at the texts.</summary>
    NoStop = 1024,

    /// <summary>No <c>stream</c>, hence no time to the first token.</summary>
    NoStream = 2048,

    /// <summary>No <c>name</c> of a turn.</summary>
    NoNames = 4096,

    /// <summary>Turns of the role <c>system</c> are sent as <c>developer</c> (OpenAI's reasoning models).</summary>
    DeveloperRole = 8192,

    /// <summary>
    /// Turns of the roles <c>system</c> and <c>developer</c> are put in front of the first user turn after them (Gemma, Mistral).
    /// </summary>
    NoSystemRole = 16384,
}

/// <summary>
/// What one model's endpoint has been found to refuse. Learned once in a process, from the first refusal, and shared by all calls.
/// </summary>
internal sealed class EndpointQuirks
{
    private int _current;

    /// <summary>What is known at this moment.</summary>
    public Parameters Current => (Parameters)Volatile.Read(ref _current);

    /// <summary>Adds to what is known.</summary>
    /// <returns>False when it was known before.</returns>
    public bool Add(Parameters learned) => ((Parameters)Interlocked.Or(ref _current, (int)learned) & learned) != learned;

    /// <summary>
    /// What a refusal says must be sent differently; <see cref="Parameters.None"/> when it is a refusal of the request as such.
    /// </summary>
    /// <remarks>
    /// Only what leaves the meaning of the evaluation as it is, or is told in its result (<see cref="LeftOut"/>). Where only the text says
    /// it, which may quote a prompt, it is tried
    /// as well: it is remembered when it works.
    /// </remarks>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="api">The API it was asked through.</param>
    /// <param name="sent">What was known when the request was sent: the same refusal twice teaches nothing.</param>
    public static Parameters FromRefusal(EndpointError error, ModelRequest request, ModelApi api, Parameters sent)
    {
        if (error.Status is not (400 or 403 or 422 or 500))
        {
            return Parameters.None;
        }

        var sampling = request.Sampling;
        if (
            sampling is { Temperature: { } temperature, TopP: { } topP }
            && (sent & (Parameters.NoTemperature | Parameters.NoTopP)) == Parameters.None
            && error.IsConflictOf("temperature", "top_p")
        )
        {
            return temperature == 0 || topP == 1 ? Parameters.NoTopP
                : temperature == 1 ? Parameters.NoTemperature
                : Parameters.None;
        }

        var refused = Optional(request, api)
            .Where(part => part.WasSent && !sent.HasFlag(part.Flag) && IsRefused(error, request, part.Name, part.Flag))
            .ToList();
        // A text may list what is taken beside what is not: what it names by its field, or else nearest to the words of refusal, is what it
        // is about.
        if (refused.Exists(part => error.IsNamed(part.Name)))
        {
            refused.RemoveAll(part => !error.IsNamed(part.Name));
        }

        if (refused.Count > 0)
        {
            return refused.MinBy(part => error.DistanceOf(part.Name)).Flag;
        }

        return api == ModelApi.Chat ? FromRefusedMessages(error, request, sent) : Parameters.None;
    }

    /// <summary>What of a request its endpoint does not take, in the API's words.</summary>
    /// <param name="request">The request.</param>
    /// <param name="api">The API it was asked through.</param>
    /// <param name="sent">How it was sent.</param>
    public static IReadOnlyList<string> LeftOut(ModelRequest request, ModelApi api, Parameters sent)
    {
        if (sent == Parameters.None || api == ModelApi.Embeddings)
        {
            return [];
        }

        var sampling = request.Sampling;
        var wantsLogProbabilities = sampling.LogProbabilities || request.Alternatives || request.ScoredText is not null;
        (string Name, bool IsWanted, Parameters Flags)[] parts =
        [
            ("temperature", sampling.Temperature is not null, Parameters.NoTemperature),
            ("top_p", sampling.TopP is not null, Parameters.NoTopP),
            ("seed", sampling.Seed is not null, Parameters.NoSeed),
            ("stop", sampling.Stop.Count > 0, Parameters.NoStop),
            ("logprobs", wantsLogProbabilities, Parameters.NoLogProbabilities),
            ("stream", sampling.Stream, Parameters.NoStream),
            ("stream_options", sampling.Stream && !sent.HasFlag(Parameters.NoStream), Parameters.NoStreamOptions),
            ("system role", request.Messages.Any(IsSystem) && api == ModelApi.Chat, Parameters.DeveloperRole | Parameters.NoSystemRole),
            ("name", request.Messages.Any(turn => turn.Name is not null) && api == ModelApi.Chat, Parameters.NoNames),
        ];
        return [.. parts.Where(part => part.IsWanted && (sent & part.Flags) != Parameters.None).Select(part => part.Name)];
    }

    /// <summary>Whether a turn is an instruction rather than a part of the conversation.</summary>
    public static bool IsSystem(ChatMessage turn) => turn.Role is "system" or "developer";

    private static bool IsRefused(EndpointError error, ModelRequest request, string name, Parameters flag) =>
        error.SaysUnsupported(name)
        || (
            error.IsAbout(name)
            && (
                error.IsUnsupportedParameter
                || flag == Parameters.NoStop
                || (
                    flag is Parameters.FewAlternatives or Parameters.NoLogProbabilities
                    && request.Alternatives
                    && error.Status is 400 or 422
                )
            )
        );

    private static (string Name, bool WasSent, Parameters Flag)[] Optional(ModelRequest request, ModelApi api)
    {
        var sampling = request.Sampling;
        return
        [
            ("max_tokens", api == ModelApi.Chat, Parameters.MaxCompletionTokens),
            ("temperature", sampling.Temperature is not null, Parameters.NoTemperature),
            ("top_p", sampling.TopP is not null, Parameters.NoTopP),
            ("seed", sampling.Seed is not null, Parameters.NoSeed),
            ("stop", sampling.Stop.Count > 0, Parameters.NoStop),
            (api == ModelApi.Chat ? "top_logprobs" : "logprobs", request.Alternatives, Parameters.FewAlternatives),
            ("top_logprobs", true, Parameters.NoLogProbabilities),
            (
                "logprobs",
                sampling.LogProbabilities || request.Alternatives || request.ScoredText is not null,
                Parameters.NoLogProbabilities
            ),
            ("stream_options", sampling.Stream, Parameters.NoStreamOptions),
            ("stream", sampling.Stream, Parameters.NoStream),
        ];
    }

    private static Parameters FromRefusedMessages(EndpointError error, ModelRequest request, Parameters sent)
    {
        if (request.Messages.Any(turn => turn.Name is not null) && !sent.HasFlag(Parameters.NoNames) && error.IsAboutTurn("name"))
        {
            return Parameters.NoNames;
        }

        if (
            !request.Messages.Any(IsSystem)
            || sent.HasFlag(Parameters.NoSystemRole)
            || !(error.IsAboutTurn("role") || error.SaysSystemRoleUnsupported)
        )
        {
            return Parameters.None;
        }
        // Whoever knows the other role says so by the field; a chat template would leave out a role it does not know.
        return
            request.Messages.Any(turn => turn.Role == "system")
            && !sent.HasFlag(Parameters.DeveloperRole)
            && error is { IsUnsupportedParameter: true, IsAboutTemplate: false }
            ? Parameters.DeveloperRole
            : Parameters.NoSystemRole;
    }

    /// <summary>
    /// Whether fewer alternatives are to be tried after a refusal that does not say what it is about: their number is, as long as that many
    /// were never accepted, a likely
    /// reason. It is remembered only when it works.
    /// </summary>
    /// <inheritdoc cref="FromRefusal"/>
    public static bool MayBeTooManyAlternatives(EndpointError error, ModelRequest request, Parameters sent) =>
        request.Alternatives
        && error.Status is 400 or 422
        && (sent & (Parameters.FewAlternatives | Parameters.ManyAlternatives | Parameters.NoLogProbabilities)) == Parameters.None;
}
