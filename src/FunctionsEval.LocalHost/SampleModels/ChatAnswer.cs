using System.Text;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>What a sample model answers a conversation, whatever the form in which it is written.</summary>
internal static class ChatAnswer
{
    private const int DefaultMaxTokens = 256;

    /// <summary>The tools that the model calls; null where it answers with a text.</summary>
    public static IReadOnlyList<SampleCall>? CallsOf(ReceivedRequest<ChatRequest> received)
    {
        var functions = received.Request.CallableFunctions;
        return
            received.Model is IToolCaller caller
            && functions.Count > 0
            && caller.Answer(PromptOf(received.Request), functions) is { Calls: { Count: > 0 } calls }
            ? calls
            : null;
    }

    /// <summary>The text of the answer.</summary>
    public static Generation GenerationOf(ReceivedRequest<ChatRequest> received)
    {
        var request = received.Request;
        var prompt = PromptOf(request);
        return Generation.Run(
            received.Model.Generate(prompt, received.SettingsFor(prompt, request.Logprobs == true ? request.TopLogprobs ?? 0 : 0)),
            request.MaxCompletionTokens ?? request.MaxTokens ?? DefaultMaxTokens,
            request.Stop ?? []
        );
    }

    /// <summary>The tokens of an answer's prompt and of the answer.</summary>
    public static Usage UsageOf(ChatRequest request, int completionTokens) =>
        Usage.From(request.Messages!.Sum(message => TextTokenizer.Count(message.Content ?? "")), completionTokens);

    /// <summary>The log probabilities of tokens; null where none are asked for or there are none.</summary>
    public static ChatLogprobs? LogprobsOf(ChatRequest request, IReadOnlyList<SampleToken> tokens) =>
        request.Logprobs != true || tokens.Any(token => token.LogProbability is null)
            ? null
            : new ChatLogprobs([
                .. tokens.Select(token => new ChatTokenLogprob(
                    token.Text,
                    token.LogProbability!.Value,
                    Utf8(token.Text),
                    [.. token.TopLogProbabilities.Select(top => new ChatTopLogprob(top.Text, top.LogProbability, Utf8(top.Text)))]
                )),
            ]);

    /// <summary>The models look at the last user turn.</summary>
    private static string PromptOf(ChatRequest request) =>
        (request.Messages!.LastOrDefault(message => message.Role == "user") ?? request.Messages![^1]).Content ?? "";

    private static int[] Utf8(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];
}
