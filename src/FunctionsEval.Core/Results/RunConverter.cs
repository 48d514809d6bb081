using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>Writes a run as an object of its columns in ordinal order. What it has no value of is left out, warnings apart.</summary>
internal sealed class RunConverter : JsonConverter<Run>
{
    private const string RunId = "runId";
    private const string Warnings = "warnings";
    private const string Progress = "progress";
    private const string GroupMembers = "members";
    private const string Before = "before";
    private const string Headline = "headline";
    private const string CostText = "costText";
    private const string DurationText = "durationText";

    private static readonly Dictionary<string, RunColumn> ByName = RunColumns
        .All.Where(column => !column.IsHidden)
        .ToDictionary(column => column.JsonName, StringComparer.Ordinal);

    /// <summary>Names of the members, each with what writes it.</summary>
    private static readonly (string Name, Action<Utf8JsonWriter, Run> Write)[] Members =
    [
        .. RunColumns
            .All.Where(column => !column.IsHidden)
            .Select(column => (column.JsonName, (Action<Utf8JsonWriter, Run>)column.Write))
            .Concat([
                (RunId, WriteRunId),
                (Warnings, WriteWarnings),
                (Progress, WriteProgress),
                (GroupMembers, WriteMembers),
                (Before, WriteBefore),
                (Headline, WriteHeadline),
                (CostText, (writer, run) => WriteText(writer, CostText, run.CostText)),
                (DurationText, (writer, run) => WriteText(writer, DurationText, run.DurationText)),
            ])
            .OrderBy(member => member.Item1, StringComparer.Ordinal),
    ];

    public override Run Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A run is an object.");
        }

        var (run, hasId, hasStatus) = (new Run { RunId = "", Status = default }, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case RunId:
                    (run, hasId) = (run with { RunId = reader.GetString()! }, true);
                    break;
                case Warnings:
                    run = run with { Warnings = ReadWarnings(ref reader) };
                    break;
                case Progress:
                    run = run with { Progress = OutcomesByRoleConverter.Read(ref reader) };
                    break;
                case GroupMembers:
                    run = run with { Members = JsonSerializer.Deserialize<IReadOnlyList<GroupMember>>(ref reader, ResultJson.Options) };
                    break;
                case Before:
                    run = run with { Before = JsonSerializer.Deserialize<RunsBefore>(ref reader, ResultJson.Options) };
                    break;
                case Headline:
                    run = run with { Headline = JsonSerializer.Deserialize<RunHeadline>(ref reader, ResultJson.Options) };
                    break;
                case CostText:
                    run = run with { CostText = reader.GetString() };
                    break;
                case DurationText:
                    run = run with { DurationText = reader.GetString() };
                    break;
                case var _ when ByName.TryGetValue(name, out var column):
                    hasStatus |= column.Name == nameof(Run.Status);
                    run = column.Read(ref reader, run);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return hasId && hasStatus ? run : throw new JsonException("A run has the members runId and status.");
    }

    public override void Write(Utf8JsonWriter writer, Run value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (_, write) in Members)
        {
            write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteRunId(Utf8JsonWriter writer, Run run) => writer.WriteString(RunId, run.RunId);

    private static void WriteWarnings(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartArray(Warnings);
        foreach (var warning in run.Warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
    }

    private static void WriteProgress(Utf8JsonWriter writer, Run run)
    {
        if (run.Progress is { } progress)
        {
            writer.WritePropertyName(Progress);
            OutcomesByRoleConverter.Write(writer, progress);
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, Run run)
    {
        if (run.Members is { } members)
        {
            writer.WritePropertyName(GroupMembers);
            JsonSerializer.Serialize(writer, members, ResultJson.Options);
        }
    }

    private static void WriteBefore(Utf8JsonWriter writer, Run run)
    {
        if (run.Before is { } before)
        {
            writer.WritePropertyName(Before);
            JsonSerializer.Serialize(writer, before, ResultJson.Options);
        }
    }

    private static void WriteHeadline(Utf8JsonWriter writer, Run run)
    {
        if (run.Headline is { } headline)
        {
            writer.WritePropertyName(Headline);
            JsonSerializer.Serialize(writer, headline, ResultJson.Options);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static List<string> ReadWarnings(ref Utf8JsonReader reader)
    {
        List<string> warnings = [];
        if (reader.TokenType == JsonTokenType.Null)
        {
            return warnings;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            warnings.Add(reader.GetString()!);
        }

        return warnings;
    }
}

/// <summary>Writes outcomes by role, each outcome by its name.</summary>
internal sealed class OutcomesByRoleConverter : JsonConverter<IReadOnlyDictionary<string, OutcomeCounts>>
{
    public override IReadOnlyDictionary<string, OutcomeCounts> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, OutcomeCounts> value, JsonSerializerOptions options) =>
        Write(writer, value);

    public static IReadOnlyDictionary<string, OutcomeCounts> Read(ref Utf8JsonReader reader)
    {
        var byRole = new Dictionary<string, OutcomeCounts>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var role = reader.GetString()!;
            reader.Read();
            byRole[role] = ReadCounts(ref reader);
        }

        return byRole;
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, OutcomeCounts> byRole)
    {
        writer.WriteStartObject();
        foreach (var (role, counts) in byRole)
        {
            writer.WritePropertyName(role);
            WriteCounts(writer, counts);
        }

        writer.WriteEndObject();
    }

    internal static OutcomeCounts ReadCounts(ref Utf8JsonReader reader)
    {
        var counts = new OutcomeCounts();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            // An outcome of a later version is not known here.
            counts = OutcomeNames.All.TryGetValue(name, out var outcome) ? counts.With(outcome, reader.GetInt64()) : counts;
        }

        return counts;
    }

    internal static void WriteCounts(Utf8JsonWriter writer, OutcomeCounts counts)
    {
        writer.WriteStartObject();
        foreach (var (name, count) in OutcomeNames.CountsByName(counts))
        {
            writer.WriteNumber(name, count);
        }

        writer.WriteEndObject();
    }
}

/// <summary>Writes outcomes by their names.</summary>
internal sealed class OutcomeCountsConverter : JsonConverter<OutcomeCounts>
{
    public override OutcomeCounts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OutcomesByRoleConverter.ReadCounts(ref reader);

    public override void Write(Utf8JsonWriter writer, OutcomeCounts value, JsonSerializerOptions options) =>
        OutcomesByRoleConverter.WriteCounts(writer, value);
}
