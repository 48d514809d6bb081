namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>What a well-formed request may not ask for: the error to answer with, or null.</summary>
internal static class RequestChecks
{
    private const int MaxTopLogProbabilities = 20;
    private const int MaxStops = 4;

    public static OpenAiError? Check(ChatRequest request) =>
        CheckCommon(request)
        ?? request switch
        {
            { Messages: null } => OpenAiError.Invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
            { Messages.Count: 0 } => OpenAiError.Invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1.",
                "messages",
                "empty_array"
            ),
            { Messages: { } messages }
                when messages.Any(message => message is not { Role: "system" or "developer" or "user" or "assistant" or "tool" }) =>
                OpenAiError.Invalid(
                    "Invalid 'messages': each message needs a role (system, developer, user, assistant or tool).",
                    "messages",
                    "invalid_value"
                ),
            { MaxCompletionTokens: not null, MaxTokens: not null } => OpenAiError.Invalid(
                "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                "max_tokens"
            ),
            { MaxTokens: < 1 } or { MaxCompletionTokens: < 1 } => OpenAiError.Invalid(
                "Invalid token limit: expected a value of at least 1.",
                "max_tokens"
            ),
            { TopLogprobs: < 0 or > MaxTopLogProbabilities } => OpenAiError.Invalid(
                $"Invalid 'top_logprobs': expected 0 to {MaxTopLogProbabilities}.",
                "top_logprobs"
            ),
            { TopLogprobs: not null, Logprobs: not true } => OpenAiError.Invalid(
                "'top_logprobs' needs 'logprobs' to be true.",
                "top_logprobs"
            ),
            _ => null,
        };

    public static OpenAiError? Check(TextRequest request, ISampleModel model) =>
        CheckCommon(request)
        ?? request switch
        {
            { Prompt: null or { Count: 0 } } => OpenAiError.Invalid(
                "Missing required parameter: 'prompt'.",
                "prompt",
                "missing_required_parameter"
            ),
            { MaxTokens: < 0 } => OpenAiError.Invalid("Invalid 'max_tokens': expected a value of at least 0.", "max_tokens"),
            { Logprobs: < 0 or > MaxTopLogProbabilities } => OpenAiError.Invalid(
                $"Invalid 'logprobs': expected 0 to {MaxTopLogProbabilities}.",
                "logprobs"
            ),
            { Echo: true, Logprobs: not null } when model.Score("", 0) is null => OpenAiError.Invalid(
                $"The model `{model.Id}` has no probabilities of text: it supports 'echo' without 'logprobs' only.",
                "logprobs"
            ),
            _ => null,
        };

    public static OpenAiError? Check(ResponsesRequest request) =>
        UnknownParameterOf(request) is { } unknown ? OpenAiError.Invalid($"Unknown parameter: '{unknown}'.", unknown, "unknown_parameter")
        : request.Input is null ? OpenAiError.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter")
        : request.MaxOutputTokens < 1
            ? OpenAiError.Invalid("Invalid 'max_output_tokens': expected a value of at least 1.", "max_output_tokens")
        : request.TopLogprobs is < 0 or > MaxTopLogProbabilities
            ? OpenAiError.Invalid($"Invalid 'top_logprobs': expected 0 to {MaxTopLogProbabilities}.", "top_logprobs")
        : request.ToChat() is not { Messages.Count: > 0 } chat
            ? OpenAiError.Invalid("Invalid 'input': expected a text, or a list of messages with texts, calls and their outputs.", "input")
        : Check(chat);

    /// <summary>What chat completions and text completions have and the Responses API refuses.</summary>
    private static string? UnknownParameterOf(ResponsesRequest request) =>
        request.Seed is not null ? "seed"
        : request.Stop is not null ? "stop"
        : request.N is not null ? "n"
        : request.MaxTokens is not null ? "max_tokens"
        : request.Messages is not null ? "messages"
        : request.ResponseFormat is not null ? "response_format"
        : null;

    private static OpenAiError? CheckCommon(CompletionRequest request) =>
        request switch
        {
            { N: not (null or 1) } => OpenAiError.Invalid("The sample models support n = 1 only.", "n"),
            { Temperature: < 0 or > 2 } => OpenAiError.Invalid("Invalid 'temperature': expected a number from 0 to 2.", "temperature"),
            { Stop.Count: > MaxStops } => OpenAiError.Invalid($"Invalid 'stop': expected at most {MaxStops} strings.", "stop"),
            { Stop: { } stops } when stops.Contains("") => OpenAiError.Invalid("Invalid 'stop': empty strings are not allowed.", "stop"),
            _ => null,
        };
}
