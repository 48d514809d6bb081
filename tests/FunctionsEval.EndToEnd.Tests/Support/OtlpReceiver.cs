using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>A span as it arrived.</summary>
internal sealed record ReceivedSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    IReadOnlyDictionary<string, string> Attributes
);

/// <summary>Takes OpenTelemetry's signals over HTTP in protobuf, and keeps them: spans read, everything as bytes.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    /// <summary>
    /// The setting that lets an export wait for a busy receiver. The exporter gives a batch up after ten seconds otherwise and does not
    /// repeat it: a machine under load has lost spans that way.
    /// </summary>
    public static readonly (string Name, string Value) Patience = ("OTEL_EXPORTER_OTLP_TIMEOUT", "300000");

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Endpoint => new(_app.Urls.First());

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    /// <summary>What arrived, by its path: /v1/traces, /v1/metrics, /v1/logs.</summary>
    public ConcurrentQueue<(string Path, byte[] Body)> Bodies { get; } = new();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/{signal}", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Bodies.Enqueue((context.Request.Path, body.ToArray()));
        if (context.Request.Path == "/v1/traces")
        {
            // ExportTraceServiceRequest → ResourceSpans → ScopeSpans → Span
            foreach (var resource in Fields(body.ToArray(), 1))
            {
                foreach (var span in Fields(resource, 2).SelectMany(scope => Fields(scope, 2)))
                {
                    Spans.Enqueue(Read(span));
                }
            }
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    private static ReceivedSpan Read(byte[] span) =>
        new(
            Convert.ToHexStringLower(Fields(span, 1).Single()),
            Convert.ToHexStringLower(Fields(span, 2).Single()),
            Convert.ToHexStringLower(Fields(span, 4).SingleOrDefault([])),
            System.Text.Encoding.UTF8.GetString(Fields(span, 5).Single()),
            Fields(span, 9)
                .ToDictionary(
                    attribute => System.Text.Encoding.UTF8.GetString(Fields(attribute, 1).Single()),
                    attribute => Value(Fields(attribute, 2).Single())
                )
        );

    /// <summary>AnyValue: a string in field 1, a whole number in field 3, others as they are.</summary>
    private static string Value(byte[] any)
    {
        var input = new CodedInputStream(any);
        return WireFormat.GetTagFieldNumber(input.ReadTag()) switch
        {
            1 => input.ReadString(),
            3 => input.ReadInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => "",
        };
    }

    /// <summary>The length-delimited fields of a message with a number.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var input = new CodedInputStream(message);
        var fields = new List<byte[]>();
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                fields.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return fields;
    }
}
