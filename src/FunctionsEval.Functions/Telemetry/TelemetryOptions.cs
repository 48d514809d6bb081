using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>App settings <c>Telemetry__…</c>.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Share of the requests to models that have a span of their own in a run's trace. Metrics count every request all the same. Default 1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double ModelCallSpanRatio { get; set; } = 1;
}
