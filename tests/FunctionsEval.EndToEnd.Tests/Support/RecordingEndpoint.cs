using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// An OpenAI-compatible endpoint that answers by a rule and remembers every request: the ledger that tests hold the app's bill against.
/// </summary>
internal sealed class RecordingEndpoint : IAsyncDisposable
{
    /// <summary>Bound and never listening: the port stays this endpoint's own while nobody answers on it.</summary>
    private readonly Socket _port = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private WebApplication? _app;
    private AnswerGate? _gate;
    private int _inFlight;
    private int _paid;

    private RecordingEndpoint() => _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Base address for OpenAI-compatible clients.</summary>
    public Uri Endpoint => new($"http://{_port.LocalEndPoint}/v1");

    /// <summary>Requests seen, by the text of their last turn.</summary>
    public IReadOnlyDictionary<string, int> Requests => _requests;

    /// <summary>All requests seen.</summary>
    public int Total => _requests.Values.Sum();

    /// <summary>Requests being answered now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>
    /// How many requests a model is sent at once, unless a setting says otherwise: what may be in flight when a process ends.
    /// </summary>
    public const int MaxInFlight = 32;

    /// <summary>The answer to a prompt; a status other than 200 is sent as an OpenAI error.</summary>
    public Func<string, (int Status, string Text)> Answer { get; set; } = Echo;

    /// <summary>Models whose answers follow a rule of their own.</summary>
    public ConcurrentDictionary<string, Func<string, (int Status, string Text)>> AnswerOf { get; } = new(StringComparer.Ordinal);

    /// <summary>The model that answers name, by the one that was asked for; by default that one.</summary>
    public Func<string, string> AnsweringModel { get; set; } = model => model;

    /// <summary>
    /// Whether each connection is closed after a streamed answer, although its headers say that it is kept: as llama-server does.
    /// </summary>
    public bool ClosesAfterStream { get; set; }

    /// <summary>Receives the body of every chat request; null for nobody.</summary>
    public Action<JsonObject>? Seen { get; set; }

    /// <summary>Requests seen, by model and the text of their last turn.</summary>
    public ConcurrentDictionary<(string Model, string Prompt), int> RequestsOf { get; } = new();

    /// <summary>What becomes of the answer to a prompt; null for nothing.</summary>
    public Func<string, Damage>? Harm { get; set; }

    /// <summary>
    /// What every request meets instead of an answer, as long as the whole model is away; <see cref="Damage.None"/> while it is not.
    /// </summary>
    public Damage Outage { get; set; }

    /// <summary>Answers that were given whole: what is paid.</summary>
    public int Paid => Volatile.Read(ref _paid);

    /// <summary>The <c>Retry-After</c> of answers with status 429.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>
    /// The probabilities of the answer's only token and of its alternatives, given to requests with <c>top_logprobs</c>; null for none.
    /// </summary>
    public Func<string, IReadOnlyDictionary<string, double>>? Probabilities { get; set; }

    public static async Task<RecordingEndpoint> StartAsync()
    {
        var endpoint = new RecordingEndpoint();
        await endpoint.ListenAsync();
        return endpoint;
    }

    /// <summary>Takes connections again after <see cref="RefuseConnectionsAsync"/>, on the same port.</summary>
    public async Task ListenAsync()
    {
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{_port.LocalEndPoint}");
        var app = builder.Build();
        app.MapPost("/v1/chat/completions", (HttpRequest request) => AnswerAsync(request));
        app.MapPost(
            "/openai/deployments/{deployment}/chat/completions",
            (HttpRequest request, string deployment) => AnswerAsync(request, deployment)
        );
        app.MapPost("/v1/embeddings", EmbedAsync);
        app.MapPost("/v1/completions", EchoAsync);
        await app.StartAsync();
        _app = app;
    }

    /// <summary>Breaks every connection and refuses new ones, as a server that was stopped.</summary>
    public async Task RefuseConnectionsAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app)
        {
            return;
        }

        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    /// <summary>
    /// Holds what comes after so many <paramref name="answers"/> to the prompts that are meant (all, unless told), until the gate is opened
    /// or disposed.
    /// </summary>
    public AnswerGate HoldAfter(int answers, Func<string, bool>? isMeant = null) => _gate = new AnswerGate(answers, isMeant ?? (_ => true));

    public void Forget()
    {
        _requests.Clear();
        Volatile.Write(ref _paid, 0);
    }

    /// <summary>As it was when it started: no rule and no fault of whoever used it, and nothing remembered.</summary>
    public async Task ResetAsync()
    {
        _gate?.Open();
        _gate = null;
        await ListenAsync();
        Forget();
        RequestsOf.Clear();
        AnswerOf.Clear();
        Answer = Echo;
        AnsweringModel = model => model;
        (Seen, Harm, Probabilities) = (null, null, null);
        (Outage, Latency, RetryAfterSeconds, ClosesAfterStream) = (Damage.None, TimeSpan.Zero, 1, false);
    }

    public async ValueTask DisposeAsync()
    {
        _gate?.Open();
        await RefuseConnectionsAsync();
        _port.Dispose();
    }

    private static (int Status, string Text) Echo(string prompt) => (200, prompt);

    /// <param name="request">The request.</param>
    /// <param name="deployment">The model that the address names; null where the body does.</param>
    private async Task<IResult> AnswerAsync(HttpRequest request, string? deployment = null)
    {
        var body = await request.ReadFromJsonAsync<JsonObject>();
        var prompt = TextOf(body!["messages"]!.AsArray()[^1]!["content"]!);
        Seen?.Invoke(body);
        var model = deployment ?? (string)body["model"]!;
        _requests.AddOrUpdate(prompt, 1, (_, count) => count + 1);
        RequestsOf.AddOrUpdate((model, prompt), 1, (_, count) => count + 1);
        await HoldAsync(prompt, request.HttpContext.RequestAborted);
        if (Outage is not Damage.None and var outage)
        {
            return await RecordedReplies.DamagedAsync(request.HttpContext, outage);
        }

        if (Harm?.Invoke(prompt) is { } harm and not Damage.None)
        {
            return await RecordedReplies.DamagedAsync(request.HttpContext, harm);
        }

        var (status, text) = (AnswerOf.GetValueOrDefault(model) ?? Answer)(prompt);
        if (status == 429)
        {
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (status != 200)
        {
            return RecordedReplies.Refusal(status, text);
        }

        Interlocked.Increment(ref _paid);
        if ((bool?)body["stream"] == true)
        {
            return await StreamAsync(request.HttpContext, AnsweringModel(model), text);
        }

        var probabilities =
            (int?)body["top_logprobs"] is { } most && Probabilities is { } rule
                ? RecordedReplies.LogProbabilities(rule(prompt), text, most)
                : null;
        return RecordedReplies.Completion(AnsweringModel(model), text, probabilities);
    }

    private async Task HoldAsync(string prompt, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (_gate is { } gate)
            {
                await gate.PassAsync(prompt, cancellationToken);
            }

            if (Latency > TimeSpan.Zero)
            {
                await Task.Delay(Latency, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>An answer in two pieces and an end, as server-sent events.</summary>
    private async Task<IResult> StreamAsync(HttpContext context, string model, string text)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.Connection = "keep-alive";
        context.Response.Headers.KeepAlive = "timeout=5, max=100";
        foreach (var delta in new[] { text[..1], text[1..] })
        {
            await WriteAsync(
                new
                {
                    model,
                    system_fingerprint = "fp_recorded",
                    choices = new[]
                    {
                        new
                        {
                            index = 0,
                            delta = new { content = delta },
                            finish_reason = (string?)null,
                        },
                    },
                }
            );
        }
        // The headers are sent: nothing tells the client.
        if (ClosesAfterStream)
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();
        }

        await WriteAsync(
            new
            {
                model,
                choices = new[]
                {
                    new
                    {
                        index = 0,
                        delta = new { },
                        finish_reason = "stop",
                    },
                },
                usage = new { prompt_tokens = 10, completion_tokens = 3 },
            }
        );
        await context.Response.WriteAsync("data: [DONE]\n\n");
        return Results.Empty;

        async Task WriteAsync(object data)
        {
            await context.Response.WriteAsync($"data: {System.Text.Json.JsonSerializer.Serialize(data)}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>A turn's content: its text, with the addresses of its images.</summary>
    private static string TextOf(JsonNode content) =>
        content is JsonArray parts
            ? string.Concat(parts.Select(part => (string?)part!["text"] ?? (string)part["image_url"]!["url"]!))
            : (string)content!;

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
        return Results.Json(
            new
            {
                choices = new[]
                {
                    new
                    {
                        text = prompt,
                        finish_reason = "length",
                        logprobs = new
                        {
                            tokens,
                            token_logprobs = numbers,
                            text_offset = tokens.Select((_, index) => tokens.Take(index).Sum(token => token.Length)),
                        },
                    },
                },
                usage = new { prompt_tokens = tokens.Length, completion_tokens = 0 },
            }
        );
    }

    private async Task<IResult> EmbedAsync(HttpRequest request)
    {
        var texts = (await request.ReadFromJsonAsync<JsonObject>())!["input"]!.AsArray().Select(text => (string)text!).ToArray();
        _requests.AddOrUpdate($"embed {texts[0]}", 1, (_, count) => count + 1);
        // Out of order, as the API allows.
        var data = texts
            .Select(
                (text, index) =>
                    new
                    {
                        @object = "embedding",
                        index,
                        embedding = Embed(text),
                    }
            )
            .Reverse();
        return Results.Json(
            new
            {
                @object = "list",
                data,
                model = "recorded-embedder",
                usage = new { prompt_tokens = 3 * texts.Length, total_tokens = 3 * texts.Length },
            }
        );
    }
}
