using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A request as the endpoint saw it.</summary>
internal sealed record SeenRequest(string PathAndQuery, IReadOnlyDictionary<string, string> Headers, JsonElement Body);

/// <summary>A model endpoint on a port of its own that answers by script and keeps a ledger of every request.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _ledger = new();
    private readonly RequestDelegate[] _script;
    private int _next;

    private ModelServer(WebApplication app, RequestDelegate[] script)
    {
        _app = app;
        _script = script;
    }

    public int Port { get; private set; }

    public IReadOnlyList<SeenRequest> Ledger => [.. _ledger];

    /// <summary>Starts a server that gives each request the script's next answer, and the last one from then on.</summary>
    public static async Task<ModelServer> StartAsync(params RequestDelegate[] script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1)
        );
        var server = new ModelServer(builder.Build(), script);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Port = new Uri(server._app.Urls.Single()).Port;
        return server;
    }

    /// <summary>The body of the request that is being answered.</summary>
    public static JsonElement BodyOf(HttpContext context) => (JsonElement)context.Items[nameof(BodyOf)]!;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        _ledger.Enqueue(
            new SeenRequest(
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                ),
                body.RootElement.Clone()
            )
        );
        context.Items[nameof(BodyOf)] = body.RootElement.Clone();
        await _script[Math.Min(Interlocked.Increment(ref _next), _script.Length) - 1](context);
    }
}

/// <summary>Answers for <see cref="ModelServer"/>, in the shapes that the public APIs document.</summary>
internal static class Replies
{
    public const string Answer = """
        {"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"billing"},"finish_reason":"stop","logprobs":null}],"usage":{"prompt_tokens":12,"completion_tokens":2,"total_tokens":14}}
        """;

    public static RequestDelegate Ok => Json(200, Answer);

    public static RequestDelegate Json(int status, string body, params (string Name, string Value)[] headers) =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            foreach ((var name, var value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(body);
        };

    public static RequestDelegate Error(int status, string code, string? parameter = null, params (string Name, string Value)[] headers) =>
        Json(
            status,
            JsonSerializer.Serialize(
                new
                {
                    error = new
                    {
                        message = "Free text that may quote SECRET-PROMPT.",
                        type = "invalid_request_error",
                        param = parameter,
                        code,
                    },
                }
            ),
            headers
        );

    public static RequestDelegate Throttle(params (string Name, string Value)[] headers) =>
        Error(429, "rate_limit_exceeded", null, headers);

    public static RequestDelegate Html(int status) =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html><body>SECRET-PROMPT: a proxy speaks</body></html>");
        };

    public static RequestDelegate Events(params string[] events) =>
        async context =>
        {
            if (!context.Response.HasStarted)
            {
                context.Response.ContentType = "text/event-stream";
            }

            foreach (var data in events)
            {
                await context.Response.WriteAsync($"data: {data}\n\n");
            }
        };

    /// <summary>Part of a body, then a broken connection.</summary>
    public static RequestDelegate Reset(string contentType, string part) =>
        async context =>
        {
            context.Response.ContentType = contentType;
            if (part.Length > 0)
            {
                await context.Response.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }
            context.Abort();
        };
}
