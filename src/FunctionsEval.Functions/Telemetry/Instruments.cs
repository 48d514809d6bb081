using System.Diagnostics;
using System.Diagnostics.Metrics;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>
/// The app's own spans and metrics. Names and attributes of model calls follow OpenTelemetry's conventions for generative AI; none holds
/// content.
/// </summary>
internal static class Instruments
{
    /// <summary>Name of the source of spans, and of the meter.</summary>
    public const string Name = "FunctionsEval";

    private static readonly Meter Meter = new(Name, CodeVersion.Current);

    public static ActivitySource Source { get; } = new(Name, CodeVersion.Current);

    /// <summary>Seconds from sending a request to the last byte of its answer.</summary>
    public static Histogram<double> OperationDuration { get; } =
        Meter.CreateHistogram(
            "gen_ai.client.operation.duration",
            "s",
            "Duration of a request to a model.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
            }
        );

    /// <summary>Tokens of a request, by <c>gen_ai.token.type</c>.</summary>
    public static Histogram<long> TokenUsage { get; } =
        Meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens billed for a request to a model.",
            advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
            }
        );

    public static UpDownCounter<long> CallsInFlight { get; } =
        Meter.CreateUpDownCounter<long>("functionseval.calls.in_flight", "{request}", "Requests to models that wait for their answer.");

    public static Counter<long> CallsThrottled { get; } =
        Meter.CreateCounter<long>("functionseval.calls.throttled", "{request}", "Requests that a model's endpoint answered with 429.");

    public static Counter<double> Cost { get; } =
        Meter.CreateCounter<double>("functionseval.cost", "{currency}", "What answers cost at the prices configured for their model.");

    public static Counter<long> Samples { get; } =
        Meter.CreateCounter<long>("functionseval.samples", "{sample}", "Samples that have an outcome.");

    /// <summary>From the run's reservation to its end.</summary>
    public static Histogram<double> RunDuration { get; } =
        Meter.CreateHistogram(
            "functionseval.run.duration",
            "s",
            "Duration of a run.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3600, 10800, 43200, 86400] }
        );

    /// <summary>
    /// The span in which a run is started, from which its trace follows: a function that HTTP triggers has none of its own.
    /// </summary>
    public static Activity? StartRun(string runId, string source)
    {
        var span = Source.StartActivity("start run");
        span?.SetTag("functionseval.run.id", runId);
        span?.SetTag("functionseval.run.source", source);
        return span;
    }

    /// <summary>Names the run on the span of the function that works on it.</summary>
    public static void NameRun(string runId, string? role = null, int? shard = null)
    {
        if (Activity.Current is not { } span)
        {
            return;
        }

        span.SetTag("functionseval.run.id", runId);
        if (role is not null)
        {
            span.SetTag("functionseval.role", role);
        }

        if (shard is not null)
        {
            span.SetTag("functionseval.shard", shard);
        }
    }

    public static void SampleEnded(string role, string model, Outcome outcome) =>
        Samples.Add(
            1,
            new KeyValuePair<string, object?>("functionseval.role", role),
            new KeyValuePair<string, object?>("functionseval.model", model),
            new KeyValuePair<string, object?>("functionseval.outcome", OutcomeNames.NameOf(outcome))
        );
}
