using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>How a run compares with the previous completed run of its suite with the same model.</summary>
public sealed record PreviousSummary
{
    /// <summary>The previous run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its model: of a template, another one than this run's.</summary>
    public required string Model { get; init; }

    /// <summary>Its dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Why the two runs are not paired; null when they are.</summary>
    public string? NotPaired { get; init; }

    /// <summary>Why nothing is decided although they are paired; null otherwise.</summary>
    public string? Undecided { get; init; }

    /// <summary>The pairing of their samples; null when they are not paired.</summary>
    public PairingCounts? Pairing { get; init; }

    /// <summary>How many samples flipped between right and wrong; null when it is not known.</summary>
    public FlipCounts? Flips { get; init; }

    /// <summary>Classes whose recall did not clearly change; null where it is not known.</summary>
    public int? NoClearChange { get; init; }

    /// <summary>The headline numbers of both, the previous run's on the left.</summary>
    [JsonConverter(typeof(PreviousNumbersConverter))]
    public IReadOnlyList<MetricComparison> Headline
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>
    /// The clear regressions: headline numbers, classes and slices, each within its family. The headline comes first, then the largest
    /// difference.
    /// </summary>
    [JsonConverter(typeof(PreviousNumbersConverter))]
    public IReadOnlyList<MetricComparison> Fell
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <summary>The pairing of the samples of two runs.</summary>
/// <param name="Paired">Samples of both runs, with the same content.</param>
/// <param name="Changed">Samples of both runs whose content is another one: same id, or without ids as many as have no counterpart on
/// either side.</param>
/// <param name="Added">Samples of the right run only.</param>
/// <param name="Removed">Samples of the left run only.</param>
public sealed record PairingCounts(long Paired, long Changed, long Added, long Removed);

/// <summary>Samples that are right in one of two runs and wrong in the other, of those that both answered.</summary>
/// <param name="Gained">Right in the right run only.</param>
/// <param name="Lost">Right in the left run only.</param>
public sealed record FlipCounts(long Gained, long Lost);

/// <summary>Numbers of the previous run and of this one, whose members are named so: <c>previous</c> and <c>value</c>.</summary>
internal sealed class PreviousNumbersConverter : JsonConverter<IReadOnlyList<MetricComparison>>
{
    private static readonly (string Published, string Own)[] Names = [("left", "previous"), ("right", "value")];

    public override IReadOnlyList<MetricComparison> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var numbers = JsonDocument.ParseValue(ref reader);
        return [.. numbers.RootElement.EnumerateArray().Select(Read)];
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<MetricComparison> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var number in value)
        {
            writer.WriteStartObject();
            var published = JsonSerializer.SerializeToElement(number with { NoDifferenceInterval = null, Test = null }, ResultJson.Options);
            foreach (var member in published.EnumerateObject())
            {
                writer.WritePropertyName(Names.FirstOrDefault(name => name.Published == member.Name).Own ?? member.Name);
                member.Value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static MetricComparison Read(JsonElement number)
    {
        var side = number.Deserialize<MetricComparison>(ResultJson.Options)!;
        return side with { Left = Find(number, "previous"), Right = Find(number, "value") };
    }

    private static double? Find(JsonElement number, string name) =>
        number.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
