using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandardWebhooks;

namespace FunctionsEval.EndToEnd.Tests.Notifications;

/// <summary>Webhooks, whose deliveries are verified by the package StandardWebhooks, another implementation of the signature.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Webhook> _webhooks = new(StringComparer.Ordinal);

    private WebhookReceiver(WebApplication app) => _app = app;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        var verifier = new StandardWebhook(Secret);
        app.MapPost(
            "/{name}",
            async (HttpRequest request, string name) =>
            {
                using var reader = new StreamReader(request.Body);
                var body = await reader.ReadToEndAsync();
                verifier.Verify(body, request.Headers); // Throws, which is a 500, when the signature is wrong.
                return Results.StatusCode(receiver._webhooks[name].Take(request.Headers["webhook-id"].ToString(), body));
            }
        );
        await app.StartAsync();
        return receiver;
    }

    /// <summary>The settings of an app that has a webhook of this receiver.</summary>
    public IEnumerable<(string Name, string Value)> SettingsOf(string name) =>
        [
            ($"Notifications__Webhooks__{name}__Url", new Uri(new Uri(_app.Urls.First()), name).ToString()),
            ($"Notifications__Webhooks__{name}__Secret", Secret),
        ];

    /// <summary>A webhook that refuses so many deliveries, and takes those after them.</summary>
    public Webhook Answer(string name, int refusals, int status = 503) => _webhooks[name] = new Webhook(refusals, status);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>One webhook and what came to it.</summary>
    internal sealed class Webhook(int refusals, int status)
    {
        /// <summary>Deliveries whose signature is right.</summary>
        public ConcurrentQueue<(string Id, string Body)> Received { get; } = new();

        public int Take(string id, string body)
        {
            Received.Enqueue((id, body));
            return Received.Count <= refusals ? status : StatusCodes.Status204NoContent;
        }
    }
}
