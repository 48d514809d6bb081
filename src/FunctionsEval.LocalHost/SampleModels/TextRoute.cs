namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Text completions, which can echo the prompt with log probabilities.</summary>
internal sealed class TextRoute(SampleModelCatalog models)
{
    private const string ObjectName = "text_completion";
    private const int DefaultMaxTokens = 16;

    public async Task AnswerAsync(HttpContext context, string? deployment)
    {
        var (received, error) = await OpenAiExchange.ReadAsync(context, OpenAiJson.Default.TextRequest, deployment, models);
        error ??= RequestChecks.Check(received!.Request, received.Model);
        if (error is not null)
        {
            await OpenAiExchange.WriteErrorAsync(context, error);
            return;
        }

        var whole = AnswerOf(received!);
        await (
            received!.Request.Stream == true
                ? OpenAiExchange.WriteStreamAsync(
                    context,
                    Chunks(whole, received.Request.StreamOptions?.IncludeUsage == true),
                    OpenAiJson.Default.TextResponse
                )
                : OpenAiExchange.WriteAsync(context, whole, OpenAiJson.Default.TextResponse)
        );
    }

    private static TextResponse AnswerOf(ReceivedRequest<TextRequest> received)
    {
        var (request, model) = (received.Request, received.Model);
        var topCount = request.Logprobs ?? 0;
        var (choices, promptTokens, completionTokens) = (new List<TextChoice>(), 0, 0);
        foreach (var prompt in request.Prompt!)
        {
            var generation = Generation.Run(
                model.Generate(prompt, received.SettingsFor(prompt, topCount)),
                request.MaxTokens ?? DefaultMaxTokens,
                request.Stop ?? []
            );
            promptTokens += TextTokenizer.Count(prompt);
            completionTokens += generation.Tokens.Count;

            var echoed = request.Echo == true && request.Logprobs is not null ? model.Score(prompt, topCount)! : [];
            var offset = request.Echo == true ? 0 : CodePoints(prompt);
            choices.Add(
                new TextChoice(
                    request.Echo == true ? prompt + generation.Text : generation.Text,
                    choices.Count,
                    request.Logprobs is null ? null : Logprobs([.. echoed, .. generation.Tokens], offset),
                    generation.FinishReason
                )
            );
        }

        var usage = Usage.From(promptTokens, completionTokens);
        return new TextResponse($"cmpl-{received.Hash}", ObjectName, OpenAiEndpoint.Created, model.Id, choices, usage);
    }

    private static IEnumerable<TextResponse> Chunks(TextResponse whole, bool includeUsage)
    {
        foreach (var choice in whole.Choices)
        {
            yield return whole with
            {
                Choices = [choice with { FinishReason = null }],
                Usage = null,
            };
            yield return whole with
            {
                Choices = [new TextChoice("", choice.Index, Logprobs: null, choice.FinishReason)],
                Usage = null,
            };
        }

        if (includeUsage)
        {
            yield return whole with
            {
                Choices = [],
            };
        }
    }

    private static TextLogprobs Logprobs(IReadOnlyList<SampleToken> tokens, int offset)
    {
        var offsets = new int[tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
        {
            offsets[i] = offset;
            offset += CodePoints(tokens[i].Text);
        }

        return new TextLogprobs(
            [.. tokens.Select(token => token.Text)],
            [.. tokens.Select(token => token.LogProbability)],
            [.. tokens.Select(Top)],
            offsets
        );
    }

    private static Dictionary<string, double>? Top(SampleToken token)
    {
        if (token.LogProbability is not { } logProbability)
        {
            return null;
        }

        var top = token.TopLogProbabilities.ToDictionary(other => other.Text, other => other.LogProbability, StringComparer.Ordinal);
        top.TryAdd(token.Text, logProbability);
        return top;
    }

    private static int CodePoints(string text) => text.EnumerateRunes().Count();
}
