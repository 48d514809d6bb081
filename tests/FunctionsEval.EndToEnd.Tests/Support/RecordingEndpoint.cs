using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>What becomes of an answer on its way.</summary>
internal enum Damage
{
    None,
    Throttled,
    Unavailable,
    Reset,
    Truncated,
    Html,
    Empty,
    ToolCall,
}

/// <summary>
/// An OpenAI-compatible endpoint that answers by a rule and remembers every request: the ledger that tests hold the app's bill against.
/// </summary>
internal sealed class RecordingEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private int _inFlight;
    private int _paid;

    private RecordingEndpoint(WebApplication app) => _app = app;

    /// <summary>Base address for OpenAI-compatible clients.</summary>
    public Uri Endpoint => new(new Uri(_app.Urls.First()), "/v1");

    /// <summary>Requests seen, by the text of their last turn.</summary>
    public IReadOnlyDictionary<string, int> Requests => _requests;

    /// <summary>All requests seen.</summary>
    public int Total => _requests.Values.Sum();

    /// <summary>Requests being answered now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>The answer to a prompt; a status other than 200 is sent as an OpenAI error.</summary>
    public Func<string, (int Status, string Text)> Answer { get; set; } = prompt => (200, prompt);

    /// <summary>Models whose answers follow a rule of their own.</summary>
    public ConcurrentDictionary<string, Func<string, (int Status, string Text)>> AnswerOf { get; } = new(StringComparer.Ordinal);

    /// <summary>Receives the body of every chat request; null for nobody.</summary>
    public Action<JsonObject>? Seen { get; set; }

    /// <summary>Requests seen, by model and the text of their last turn.</summary>
    public ConcurrentDictionary<(string Model, string Prompt), int> RequestsOf { get; } = new();

    /// <summary>What becomes of the answer to a prompt; null for nothing.</summary>
    public Func<string, Damage>? Harm { get; set; }

    /// <summary>Answers that were given whole: what is paid.</summary>
    public int Paid => Volatile.Read(ref _paid);

    /// <summary>The <c>Retry-After</c> of answers with status 429.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>The probabilities of the answer's only token and of its alternatives, given to requests with <c>top_logprobs</c>; null for none.</summary>
    public Func<string, IReadOnlyDictionary<string, double>>? Probabilities { get; set; }

    public static async Task<RecordingEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new RecordingEndpoint(app);
        app.MapPost("/v1/chat/completions", endpoint.AnswerAsync);
        app.MapPost("/v1/embeddings", endpoint.EmbedAsync);
        app.MapPost("/v1/completions", endpoint.EchoAsync);
        await app.StartAsync();
        return endpoint;
    }

    public void Forget()
    {
        _requests.Clear();
        Volatile.Write(ref _paid, 0);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> AnswerAsync(HttpRequest request)
    {
        var body = await request.ReadFromJsonAsync<JsonObject>();
        var prompt = (string)body!["messages"]!.AsArray()[^1]!["content"]!;
        Seen?.Invoke(body);
        var model = (string)body["model"]!;
        _requests.AddOrUpdate(prompt, 1, (_, count) => count + 1);
        RequestsOf.AddOrUpdate((model, prompt), 1, (_, count) => count + 1);
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (Latency > TimeSpan.Zero)
                await Task.Delay(Latency, request.HttpContext.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        if (Harm?.Invoke(prompt) is { } harm and not Damage.None)
            return await HarmAsync(request.HttpContext, harm);
        var (status, text) = (AnswerOf.GetValueOrDefault(model) ?? Answer)(prompt);
        if (status == 429)
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (status != 200)
            return Results.Json(new { error = new { message = "refused", type = "error", code = text } }, statusCode: status);
        Interlocked.Increment(ref _paid);
        return Results.Json(new
        {
            id = "chatcmpl-1",
            @object = "chat.completion",
            model = "recorded",
            choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop", logprobs = LogProbabilities(body, prompt, text) } },
            usage = new { prompt_tokens = 10, completion_tokens = 2, total_tokens = 12 },
        });
    }

    private static async Task<IResult> HarmAsync(HttpContext context, Damage harm)
    {
        switch (harm)
        {
            case Damage.Throttled:
                context.Response.Headers.RetryAfter = "1";
                return Results.Json(new { error = new { message = "slow down", code = "rate_limit_exceeded" } }, statusCode: 429);
            case Damage.Unavailable:
                return Results.Text("busy", statusCode: 503);
            case Damage.Html:
                return Results.Text("<html><body>Gateway</body></html>", "text/html");
            case Damage.Empty:
                return Results.Json(new { id = "chatcmpl-1", @object = "chat.completion", choices = Array.Empty<object>() });
            case Damage.ToolCall:
                return Results.Text(
                    """{"choices":[{"message":{"content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":7}}""",
                    "application/json");
            case Damage.Truncated:
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 200;
                await context.Response.WriteAsync("""{"id":"chatcmpl-1","choices":[{"ind""");
                await context.Response.Body.FlushAsync();
                context.Abort();
                return Results.Empty;
            default:
                context.Abort();
                return Results.Empty;
        }
    }

    /// <summary>The vector of a text: how often it has each of the letters a to z.</summary>
    public static float[] Embed(string text) => [.. Enumerable.Range('a', 26).Select(letter => (float)text.Count(c => c == letter))];

    /// <summary>The log probability of a word as the echo gives it: a hundredth of the sum of its letters, negative.</summary>
    public static double WordLogProbability(string word) => -word.Trim().Sum(c => c) / 100.0;

    private async Task<IResult> EchoAsync(HttpRequest request)
    {
        var prompt = (string)(await request.ReadFromJsonAsync<JsonObject>())!["prompt"]!;
        _requests.AddOrUpdate($"echo {prompt}", 1, (_, count) => count + 1);
        var tokens = System.Text.RegularExpressions.Regex.Matches(prompt, @"\s*\S+").Select(match => match.Value).ToArray();
        var numbers = tokens.Select((token, index) => index == 0 ? (double?)null : WordLogProbability(token)).ToArray();
        return Results.Json(new
        {
            choices = new[]
            {
                new
                {
                    text = prompt,
                    finish_reason = "length",
                    logprobs = new { tokens, token_logprobs = numbers, text_offset = tokens.Select((_, index) => tokens.Take(index).Sum(token => token.Length)) },
                },
            },
            usage = new { prompt_tokens = tokens.Length, completion_tokens = 0 },
        });
    }

    private async Task<IResult> EmbedAsync(HttpRequest request)
    {
        var texts = (await request.ReadFromJsonAsync<JsonObject>())!["input"]!.AsArray().Select(text => (string)text!).ToArray();
        _requests.AddOrUpdate($"embed {texts[0]}", 1, (_, count) => count + 1);
        // Out of order, as the API allows.
        var data = texts.Select((text, index) => new { @object = "embedding", index, embedding = Embed(text) }).Reverse();
        return Results.Json(new { @object = "list", data, model = "recorded-embedder", usage = new { prompt_tokens = 3 * texts.Length, total_tokens = 3 * texts.Length } });
    }

    private JsonObject? LogProbabilities(JsonObject body, string prompt, string text)
    {
        if (Probabilities is null || (int?)body["top_logprobs"] is not { } most)
            return null;
        var probabilities = Probabilities(prompt);
        var top = probabilities.OrderByDescending(token => token.Value).Take(most)
            .Select(token => (JsonNode)new JsonObject { ["token"] = token.Key, ["logprob"] = Math.Log(token.Value) });
        return new JsonObject { ["content"] = new JsonArray(new JsonObject { ["token"] = text, ["logprob"] = Math.Log(probabilities[text]), ["top_logprobs"] = new JsonArray([.. top]) }) };
    }
}
