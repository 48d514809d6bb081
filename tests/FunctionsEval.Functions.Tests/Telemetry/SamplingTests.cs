using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Azure.Monitor.OpenTelemetry.Exporter;
using FunctionsEval.Functions.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace FunctionsEval.Functions.Tests.Telemetry;

/// <summary>Tests during which no other runs.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

/// <summary>
/// What arrives at Application Insights of a burst, by the app's own configuration. The source of spans is the process's: those of other
/// tests would fill the exporter's queue.
/// </summary>
[Collection<Alone>]
public sealed class SamplingTests
{
    private const int Burst = 200;

    [Fact]
    public async Task Every_error_and_every_trace_of_a_burst_arrives()
    {
        await using var ingestion = await Ingestion.StartAsync();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                        $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={ingestion.Endpoint}",
                }
            )
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddTelemetry(configuration, []);
        // The exporter's own traffic goes elsewhere than to the ingestion endpoint.
        Environment.SetEnvironmentVariable("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true");
        services.Configure<AzureMonitorExporterOptions>(exporter =>
            (exporter.EnableLiveMetrics, exporter.DisableOfflineStorage) = (false, true)
        );

        var marker = Guid.NewGuid().ToString("N");
        await using (var provider = services.BuildServiceProvider())
        {
            foreach (var hosted in provider.GetServices<IHostedService>())
            {
                await hosted.StartAsync(TestContext.Current.CancellationToken);
            }

            var logger = provider.GetRequiredService<ILogger<SamplingTests>>();
            foreach (var number in Enumerable.Range(0, Burst))
            {
                using var span = Instruments.Source.StartActivity($"burst {marker}");
                logger.RunFailed($"{marker}-{number}", "internal_error", "a burst");
            }

            // The end of a provider waits for five seconds only.
            provider.GetRequiredService<TracerProvider>().ForceFlush(Timeout.Infinite);
            provider.GetRequiredService<LoggerProvider>().ForceFlush(Timeout.Infinite);
        }

        Assert.Equal(Burst, ingestion.Items.Count(item => (string?)item["data"]?["baseType"] == "MessageData" && Has(item, marker)));
        Assert.Equal(
            Burst,
            ingestion.Items.Count(item => (string?)item["data"]?["baseType"] == "RemoteDependencyData" && Has(item, marker))
        );
    }

    private static bool Has(JsonNode item, string marker) => item.ToJsonString().Contains(marker, StringComparison.Ordinal);

    /// <summary>Takes what the exporter sends: lines of JSON, compressed.</summary>
    private sealed class Ingestion : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Ingestion(WebApplication app) => _app = app;

        public Uri Endpoint => new(_app.Urls.First());

        public ConcurrentQueue<JsonNode> Items { get; } = new();

        public static async Task<Ingestion> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var ingestion = new Ingestion(app);
            app.MapPost("/v2.1/track", ingestion.TakeAsync);
            await app.StartAsync();
            return ingestion;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task<IResult> TakeAsync(HttpRequest request)
        {
            await using var body =
                request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            using var reader = new StreamReader(body);
            var count = 0;
            while (await reader.ReadLineAsync() is { } line)
            {
                Items.Enqueue(JsonNode.Parse(line)!);
                count++;
            }

            return Results.Json(
                new
                {
                    itemsReceived = count,
                    itemsAccepted = count,
                    errors = Array.Empty<object>(),
                }
            );
        }
    }
}
