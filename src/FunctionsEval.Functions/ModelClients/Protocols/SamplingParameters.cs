using System.Text.Json;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>The parameters by which a spec's <c>sampling</c> is sent, in OpenAI's names.</summary>
internal static class SamplingParameters
{
    /// <summary><c>temperature</c>.</summary>
    public static RequestParameter Temperature { get; } =
        new("temperature", (request, _) => request.Sampling.Temperature is not null)
        {
            Quirk = Quirks.NoTemperature,
            IsLeftOut = true,
            SpecField = _ => "sampling.temperature",
            Write = (json, request, _) => json.WriteNumber("temperature", request.Sampling.Temperature!.Value),
        };

    /// <summary><c>top_p</c>.</summary>
    public static RequestParameter TopP { get; } =
        new("top_p", (request, _) => request.Sampling.TopP is not null)
        {
            Quirk = Quirks.NoTopP,
            IsLeftOut = true,
            SpecField = _ => "sampling.topP",
            Write = (json, request, _) => json.WriteNumber("top_p", request.Sampling.TopP!.Value),
        };

    /// <summary><c>seed</c>.</summary>
    public static RequestParameter Seed { get; } =
        new("seed", (request, _) => request.Sampling.Seed is not null)
        {
            Quirk = Quirks.NoSeed,
            IsLeftOut = true,
            SpecField = _ => "sampling.seed",
            Write = (json, request, _) => json.WriteNumber("seed", request.Sampling.Seed!.Value),
        };

    /// <summary><c>stop</c>.</summary>
    public static RequestParameter Stop { get; } =
        new("stop", (request, _) => request.Sampling.Stop.Count > 0)
        {
            Quirk = Quirks.NoStop,
            IsLeftOut = true,
            SpecField = _ => "sampling.stop",
            Write = (json, request, _) => WriteStop(json, request.Sampling.Stop),
        };

    /// <summary><c>stream_options</c>, which <see cref="Stream"/> writes.</summary>
    public static RequestParameter StreamOptions { get; } =
        new("stream_options", (request, sent) => request.Sampling.Stream && !sent.HasFlag(Quirks.NoStream))
        {
            Quirk = Quirks.NoStreamOptions,
            IsLeftOut = true,
        };

    /// <summary><c>stream</c>.</summary>
    public static RequestParameter Stream { get; } =
        new("stream", (request, _) => request.Sampling.Stream)
        {
            Quirk = Quirks.NoStream,
            IsLeftOut = true,
            SpecField = _ => "sampling.stream",
            Write = WriteStream,
        };

    /// <summary><c>reasoning.summary</c>, which the protocol that has it writes.</summary>
    public static RequestParameter ReasoningSummary { get; } =
        new("reasoning.summary", (request, _) => request.Sampling.ReasoningSummary is not null)
        {
            Quirk = Quirks.NoReasoningSummary,
            IsLeftOut = true,
            SpecField = _ => "sampling.reasoningSummary",
        };

    private static void WriteStop(Utf8JsonWriter json, IReadOnlyList<string> stops)
    {
        json.WriteStartArray("stop");
        foreach (var stop in stops)
        {
            json.WriteStringValue(stop);
        }

        json.WriteEndArray();
    }

    private static void WriteStream(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        json.WriteBoolean("stream", true);
        if (StreamOptions.IsSent(request, sent))
        {
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }
    }
}
