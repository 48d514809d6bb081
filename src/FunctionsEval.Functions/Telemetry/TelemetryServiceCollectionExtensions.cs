using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>Where spans, metrics and logs go: to Application Insights, to an OTLP endpoint, to both, or nowhere.</summary>
internal static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// The source of the spans that start an orchestration from the worker, so that a run's trace begins with its trigger.
    /// </summary>
    private const string DurableClient = "Microsoft.DurableTask";

    /// <param name="services">The services.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="secretPaths">Paths of addresses that are secrets: they reach no exporter.</param>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services,
        IConfiguration configuration,
        IReadOnlyList<string> secretPaths
    )
    {
        // "Request starting … ?code=…": the address of every request, with the function key in it.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        var (toInsights, toOtlp) = (
            !string.IsNullOrEmpty(configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]),
            !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
        );
        if (!toInsights && !toOtlp)
        {
            return services;
        }

        // The processors come before the exporters', which see what they leave.
        var telemetry = services
            .AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithTracing(tracing =>
                tracing.AddSource(Instruments.Name, DurableClient).AddProcessor(new RedactingSpanProcessor(secretPaths))
            )
            .WithLogging(logging => logging.AddProcessor(new RedactingLogProcessor(secretPaths)))
            .WithMetrics(metrics => metrics.AddMeter(Instruments.Name));
        if (toInsights)
        {
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                // By default the exporter keeps five traces per second, and only the logs of these traces. Alerts need all logs.
                exporter.EnableTraceBasedLogsSampler = false;
                if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
                {
                    (exporter.TracesPerSecond, exporter.SamplingRatio) = (null, 1);
                }

                if (configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] is { Length: > 0 } authentication)
                {
                    exporter.Credential = Credential(authentication);
                }
            });
        }

        if (toOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        return services;
    }

    /// <summary><c>Authorization=AAD</c>, with <c>;ClientId=…</c> for a user-assigned identity.</summary>
    private static TokenCredential Credential(string authentication)
    {
        var parts = authentication
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        return AppIdentity.Create(parts.GetValueOrDefault("ClientId"));
    }
}
