using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// The chat, completion and model routes of the OpenAI API and of Azure OpenAI over the sample models.
/// Any key or none is accepted, since this is a local sample; the key <c>wrong</c> is refused, so that
/// the error can be tried out. The same request gets the same bytes: ids are hashes of the request and
/// <c>created</c> is fixed.
/// </summary>
/// <remarks>
/// Sources: the API references of OpenAI (chat/create, completions/create, models/list) and of Azure OpenAI.
/// Usage counts the tokens of <see cref="TextTokenizer"/> in all messages, with nothing added per message.
/// </remarks>
internal sealed class OpenAiEndpoint(SampleModelCatalog models)
{
    private const long Created = 1_700_000_000;
    private const int DefaultChatTokens = 256;
    private const int DefaultTextTokens = 16;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["/v1", "/openai/v1"])
        {
            routes.MapGet($"{prefix}/models", ListModelsAsync);
            routes.MapGet($"{prefix}/models/{{id}}", GetModelAsync);
            routes.MapPost($"{prefix}/chat/completions", context => ChatAsync(context, deployment: null));
            routes.MapPost($"{prefix}/completions", context => TextAsync(context, deployment: null));
        }
        const string Deployments = "/openai/deployments/{deployment}";
        routes.MapPost($"{Deployments}/chat/completions", context => ChatAsync(context, Deployment(context)));
        routes.MapPost($"{Deployments}/completions", context => TextAsync(context, Deployment(context)));
        routes.MapFallback(context => WriteErrorAsync(context, OpenAiError.UnknownUrl(context.Request.Method, context.Request.Path)));
    }

    private static string Deployment(HttpContext context) => (string)context.GetRouteValue("deployment")!;

    private Task ListModelsAsync(HttpContext context) =>
        HasWrongKey(context)
            ? WriteErrorAsync(context, OpenAiError.WrongKey(azure: false))
            : WriteAsync(context, new ModelList("list", [.. models.Ids.Select(Entry)]), OpenAiJson.Default.ModelList);

    private Task GetModelAsync(HttpContext context)
    {
        if (HasWrongKey(context))
        {
            return WriteErrorAsync(context, OpenAiError.WrongKey(azure: false));
        }

        var id = (string)context.GetRouteValue("id")!;
        return models.TryGet(id, out _)
            ? WriteAsync(context, Entry(id), OpenAiJson.Default.ModelEntry)
            : WriteErrorAsync(context, OpenAiError.UnknownModel(id));
    }

    private static ModelEntry Entry(string id) => new(id, "model", Created, "functionseval");

    private async Task ChatAsync(HttpContext context, string? deployment)
    {
        var (received, error) = await ReadAsync(context, OpenAiJson.Default.ChatRequest, deployment);
        error ??= RequestChecks.Check(received!.Request);
        if (error is not null)
        {
            await WriteErrorAsync(context, error);
            return;
        }

        var (request, model, hash) = received!;
        var prompt = (request.Messages!.LastOrDefault(message => message.Role == "user") ?? request.Messages![^1]).Content ?? "";
        var alternatives = request.Logprobs == true ? request.TopLogprobs ?? 0 : 0;
        var generation = Generation.Run(
            model.Generate(prompt, Settings(request, prompt, alternatives)),
            request.MaxCompletionTokens ?? request.MaxTokens ?? DefaultChatTokens,
            request.Stop ?? []
        );
        var usage = CountUsage(request.Messages!.Sum(message => TextTokenizer.Count(message.Content ?? "")), generation.Tokens.Count);
        var withLogprobs = request.Logprobs == true;
        var id = $"chatcmpl-{hash}";

        if (request.Stream == true)
        {
            await WriteStreamAsync(context, Chunks(), OpenAiJson.Default.ChatChunk);
            return;
        }
        var message = new ChatMessage("assistant", generation.Text, Refusal: null);
        var choice = new ChatChoice(0, message, withLogprobs ? Logprobs(generation.Tokens) : null, generation.FinishReason);
        await WriteAsync(
            context,
            new ChatResponse(id, "chat.completion", Created, model.Id, [choice], usage),
            OpenAiJson.Default.ChatResponse
        );

        IEnumerable<ChatChunk> Chunks()
        {
            yield return Chunk(new ChatDelta("assistant", ""), logprobs: null, finishReason: null);
            foreach (var token in generation.Tokens)
            {
                yield return Chunk(new ChatDelta(Role: null, token.Text), withLogprobs ? Logprobs([token]) : null, finishReason: null);
            }

            yield return Chunk(new ChatDelta(Role: null, Content: null), logprobs: null, generation.FinishReason);
            if (request.StreamOptions?.IncludeUsage == true)
            {
                yield return new ChatChunk(id, "chat.completion.chunk", Created, model.Id, [], usage);
            }
        }

        ChatChunk Chunk(ChatDelta delta, ChatLogprobs? logprobs, string? finishReason) =>
            new(id, "chat.completion.chunk", Created, model.Id, [new ChatChunkChoice(0, delta, logprobs, finishReason)], Usage: null);
    }

    private async Task TextAsync(HttpContext context, string? deployment)
    {
        var (received, error) = await ReadAsync(context, OpenAiJson.Default.TextRequest, deployment);
        error ??= RequestChecks.Check(received!.Request, received.Model);
        if (error is not null)
        {
            await WriteErrorAsync(context, error);
            return;
        }

        var (request, model, hash) = received!;
        var id = $"cmpl-{hash}";
        var choices = new List<TextChoice>();
        var promptTokens = 0;
        var completionTokens = 0;
        foreach (var prompt in request.Prompt!)
        {
            var alternatives = request.Logprobs ?? 0;
            var generation = Generation.Run(
                model.Generate(prompt, Settings(request, prompt, alternatives)),
                request.MaxTokens ?? DefaultTextTokens,
                request.Stop ?? []
            );
            promptTokens += TextTokenizer.Count(prompt);
            completionTokens += generation.Tokens.Count;

            var echoed = request.Echo == true && request.Logprobs is not null ? model.Score(prompt, alternatives)! : [];
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
        var usage = CountUsage(promptTokens, completionTokens);

        if (request.Stream == true)
        {
            await WriteStreamAsync(context, Chunks(), OpenAiJson.Default.TextResponse);
        }
        else
        {
            await WriteAsync(
                context,
                new TextResponse(id, "text_completion", Created, model.Id, choices, usage),
                OpenAiJson.Default.TextResponse
            );
        }

        IEnumerable<TextResponse> Chunks()
        {
            foreach (var choice in choices)
            {
                yield return new TextResponse(id, "text_completion", Created, model.Id, [choice with { FinishReason = null }], Usage: null);
                yield return new TextResponse(
                    id,
                    "text_completion",
                    Created,
                    model.Id,
                    [new TextChoice("", choice.Index, Logprobs: null, choice.FinishReason)],
                    Usage: null
                );
            }
            if (request.StreamOptions?.IncludeUsage == true)
            {
                yield return new TextResponse(id, "text_completion", Created, model.Id, [], usage);
            }
        }
    }

    private async Task<(Received<T>? Received, OpenAiError? Error)> ReadAsync<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        string? deployment
    )
        where T : CompletionRequest
    {
        var azure = deployment is not null;
        if (HasWrongKey(context))
        {
            return (null, OpenAiError.WrongKey(azure));
        }

        if (azure && !context.Request.Query.ContainsKey("api-version"))
        {
            return (null, OpenAiError.MissingApiVersion());
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (!TryParse(bytes, type, out var request))
        {
            return (null, OpenAiError.InvalidJson());
        }

        if (deployment is null && string.IsNullOrEmpty(request.Model))
        {
            return (null, OpenAiError.Invalid("you must provide a model parameter"));
        }

        var id = deployment ?? request.Model!;
        if (!models.TryGet(id, out var model))
        {
            return (null, azure ? OpenAiError.UnknownDeployment() : OpenAiError.UnknownModel(id));
        }

        return (new Received<T>(request, model, Convert.ToHexStringLower(SHA256.HashData(bytes))[..24]), null);
    }

    private static bool TryParse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? request)
        where T : class
    {
        try
        {
            request = JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            request = null;
        }
        return request is not null;
    }

    private static bool HasWrongKey(HttpContext context) =>
        context.Request.Headers["api-key"] == "wrong" || context.Request.Headers.Authorization == "Bearer wrong";

    private static GenerationSettings Settings(CompletionRequest request, string prompt, int alternatives)
    {
        // Without a seed the prompt is the seed, so that sampling is repeatable all the same.
        var seed = request.Seed?.GetHashCode() ?? BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)));
        return new GenerationSettings(request.Temperature ?? 1, seed, alternatives);
    }

    private static Usage CountUsage(int promptTokens, int completionTokens) =>
        new(promptTokens, completionTokens, promptTokens + completionTokens);

    private static ChatLogprobs? Logprobs(IReadOnlyList<SampleToken> tokens) =>
        tokens.Any(token => token.LogProbability is null)
            ? null
            : new ChatLogprobs([
                .. tokens.Select(token => new ChatTokenLogprob(
                    token.Text,
                    token.LogProbability!.Value,
                    Utf8(token.Text),
                    [.. token.Alternatives.Select(top => new ChatTopLogprob(top.Text, top.LogProbability, Utf8(top.Text)))]
                )),
            ]);

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

        var top = token.Alternatives.ToDictionary(
            alternative => alternative.Text,
            alternative => alternative.LogProbability,
            StringComparer.Ordinal
        );
        top.TryAdd(token.Text, logProbability);
        return top;
    }

    private static int[] Utf8(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    private static int CodePoints(string text) => text.EnumerateRunes().Count();

    private static Task WriteErrorAsync(HttpContext context, OpenAiError error)
    {
        context.Response.StatusCode = error.Status;
        return WriteAsync(context, error.Body, OpenAiJson.Default.ErrorResponse);
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static async Task WriteStreamAsync<T>(HttpContext context, IEnumerable<T> events, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        foreach (var item in events)
        {
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(item, type)}\n\n", context.RequestAborted);
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    /// <summary>A request that was understood, the model it asks for, and a hash of its bytes.</summary>
    private sealed record Received<T>(T Request, ISampleModel Model, string Hash);
}
