using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>
/// <c>endpoint</c>: a model server in a process of its own that takes a fixed time for an answer, and says whether the number at the end of
/// the
/// question is even or odd. Prints its address; ends when standard input is closed.
/// </summary>
internal static class EndpointCommand
{
    private static readonly byte[] Even = Answer("even");
    private static readonly byte[] Odd = Answer("odd");

    /// <summary>Serves until standard input is closed.</summary>
    public static async Task<int> RunAsync(int latencyMs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var ledger = new Ledger();
        app.MapGet("/ledger", () => Results.Json(ledger.Read()));
        app.MapPost(
            "/v1/chat/completions",
            async context =>
            {
                ledger.Begin();
                var isEven = await IsEvenAsync(context.Request);
                if (latencyMs > 0)
                {
                    await Task.Delay(latencyMs, context.RequestAborted);
                }

                ledger.End();
                context.Response.ContentType = "application/json";
                var answer = isEven ? Even : Odd;
                context.Response.ContentLength = answer.Length;
                await context.Response.Body.WriteAsync(answer, context.RequestAborted);
            }
        );
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only its end matters.
        }

        return 0;
    }

    private static async Task<bool> IsEvenAsync(HttpRequest request)
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        var messages = body.RootElement.GetProperty("messages");
        var content = messages[messages.GetArrayLength() - 1].GetProperty("content").GetString()!;
        return (content[^1] - '0') % 2 == 0;
    }

    private static byte[] Answer(string label) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{{label}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":1,"total_tokens":21}}"""
        );

    /// <summary>What the server saw.</summary>
    private sealed class Ledger
    {
        private readonly Lock _lock = new();
        private long _requests;
        private int _inFlight;
        private int _mostInFlight;
        private DateTime? _first;
        private DateTime? _last;

        public void Begin()
        {
            lock (_lock)
            {
                _first ??= DateTime.UtcNow;
                _requests++;
                _mostInFlight = Math.Max(_mostInFlight, ++_inFlight);
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _inFlight--;
                _last = DateTime.UtcNow;
            }
        }

        /// <summary>Reads and forgets.</summary>
        public EndpointLedger Read()
        {
            lock (_lock)
            {
                var read = new EndpointLedger(_requests, _mostInFlight, _first, _last);
                (_requests, _mostInFlight, _first, _last) = (0, _inFlight, null, null);
                return read;
            }
        }
    }
}

/// <summary>What the endpoint saw since it was last asked.</summary>
internal sealed record EndpointLedger(long Requests, int MaxInFlight, DateTime? First, DateTime? Last);
