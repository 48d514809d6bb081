namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>Ways in which an endpoint's requests differ from the usual.</summary>
[Flags]
internal enum Quirks
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

    /// <summary>
    /// At most 5 top log probabilities of a token (<c>top_logprobs</c>; <c>logprobs</c> of the completions API) instead of 20.
    /// </summary>
    FewTopLogProbabilities = 256,

    /// <summary>20 top log probabilities of a token were accepted; a later refusal is about something else.</summary>
    ManyTopLogProbabilities = 512,

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

    /// <summary>No <c>parallel_tool_calls</c> (reasoning models).</summary>
    NoParallelToolCalls = 32768,

    /// <summary>No <c>reasoning.summary</c> (chat completions; organizations that are not verified).</summary>
    NoReasoningSummary = 65536,
}
