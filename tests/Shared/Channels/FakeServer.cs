using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Tests.Channels;

/// <summary>A request as a fake server received it.</summary>
internal sealed record Received(string Method, string Path, IQueryCollection Query, IHeaderDictionary Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>What a fake server answers.</summary>
internal sealed record Answered(
    int Status,
    string Body = "",
    string Type = "application/json",
    params (string Name, string Value)[] Headers
)
{
    public static Answered Json(object? value, int status = 200) => new(status, JsonSerializer.Serialize(value, JsonSerializerOptions.Web));
}

/// <summary>A server on this machine that answers as it is told and keeps what it received.</summary>
internal abstract class FakeServer : IAsyncDisposable
{
    private WebApplication? _app;

    public string Address => _app!.Urls.First();

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>What a request meets before the server itself; null for nothing.</summary>
    public Func<Received, Answered?>? Fault { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = new Received(
                context.Request.Method,
                context.Request.Path.Value!,
                context.Request.Query,
                // Those of the request are used again for another.
                new HeaderDictionary(context.Request.Headers.ToDictionary()),
                await reader.ReadToEndAsync()
            );
            Requests.Enqueue(request);
            var answer = Fault?.Invoke(request) ?? Answer(request);
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.Type;
            foreach (var (name, value) in answer.Headers)
            {
                context.Response.Headers[name] = value;
            }

            if (answer.Body.Length > 0)
            {
                await context.Response.WriteAsync(answer.Body);
            }
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    protected abstract Answered Answer(Received request);
}
