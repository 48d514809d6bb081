using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Specs;

/// <summary>Writes a spec in its one stable form.</summary>
internal static class CanonicalSpec
{
    public static string Write(EvaluationSpec spec)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            Write(writer, ToObject(spec));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static Dictionary<string, object?> ToObject(EvaluationSpec spec)
    {
        var fields = ToFields(spec);
        if (spec.Repeats > 1)
        {
            fields["repeats"] = spec.Repeats;
        }

        if (spec.LabelProbabilities != LabelProbabilityMethod.Alternatives)
        {
            fields["labelProbabilities"] = EnumNames<LabelProbabilityMethod>.Of(spec.LabelProbabilities);
        }

        if (spec.Notify is { } notify)
        {
            fields["notify"] = new Dictionary<string, object?> { ["webhook"] = notify.Webhook, ["queue"] = notify.Queue };
        }

        return fields;
    }

    private static Dictionary<string, object?> ToFields(EvaluationSpec spec) =>
        new()
        {
            ["name"] = spec.Name,
            ["task"] = spec.Task.Name,
            ["model"] = spec.Model,
            ["baseline"] = spec.Baseline,
            ["trainingFile"] = spec.TrainingFile,
            ["prompt"] = spec.Prompt.FewShot is { } fewShot
                ? new Dictionary<string, object?>
                {
                    ["system"] = spec.Prompt.System,
                    ["user"] = spec.Prompt.User,
                    ["fewShot"] = new Dictionary<string, object?> { ["count"] = fewShot.Count, ["seed"] = fewShot.Seed },
                }
                : new Dictionary<string, object?> { ["system"] = spec.Prompt.System, ["user"] = spec.Prompt.User },
            ["labels"] = spec.Labels,
            ["positiveLabel"] = spec.PositiveLabel,
            ["parsing"] = new Dictionary<string, object?>
            {
                ["method"] = EnumNames<ParsingMethod>.Of(spec.Task.MethodOf(spec.Parsing)),
                ["ignoreCase"] = spec.Parsing.IgnoreCase,
                ["stripQuotes"] = spec.Parsing.StripQuotes,
                ["field"] = spec.Parsing.Field,
                ["pattern"] = spec.Parsing.Pattern,
                ["aliases"] = spec.Parsing.Aliases.ToDictionary(alias => alias.Key, object? (alias) => alias.Value),
                ["scoreTruncated"] = spec.Parsing.ScoreTruncated,
            },
            ["sampling"] = new Dictionary<string, object?>
            {
                ["maxOutputTokens"] = spec.Sampling.MaxOutputTokens,
                ["temperature"] = spec.Sampling.Temperature,
                ["topP"] = spec.Sampling.TopP,
                ["seed"] = spec.Sampling.Seed,
                ["stop"] = spec.Sampling.Stop,
                ["stream"] = spec.Sampling.Stream,
                ["logProbabilities"] = spec.Sampling.LogProbabilities,
            },
            ["columns"] = new Dictionary<string, object?>
            {
                ["input"] = spec.Columns.Input,
                ["reference"] = spec.Columns.Reference,
                ["id"] = spec.Columns.Id,
                ["tags"] = spec.Columns.Tags,
            },
            ["metrics"] = spec.Metrics.Select(ToObject).ToArray(),
            ["slices"] = spec.Slices,
            ["intervals"] = new Dictionary<string, object?>
            {
                ["level"] = spec.Intervals.Level,
                ["replicates"] = spec.Intervals.Replicates,
            },
            ["gate"] = spec.Gate is null
                ? null
                : new Dictionary<string, object?> { ["rules"] = spec.Gate.Rules.Select(ToObject).ToArray() },
            ["limits"] = WithoutNulls(
                new()
                {
                    ["maxMalformedShare"] = spec.Limits.MaxMalformedShare,
                    ["deadline"] = spec.Limits.Deadline.ToString("c", CultureInfo.InvariantCulture),
                    ["maxRows"] = spec.Limits.MaxRows,
                    ["sampleFraction"] = spec.Limits.SampleFraction < 1 ? spec.Limits.SampleFraction : null,
                    ["maxCost"] = spec.Limits.MaxCost,
                }
            ),
        };

    private static Dictionary<string, object?> ToObject(MetricSpec metric)
    {
        var fields = metric.Options.ToDictionary(option => option.Key, object? (option) => option.Value);
        fields["name"] = metric.Name;
        return fields;
    }

    private static Dictionary<string, object?> ToObject(GateRule rule) =>
        WithoutNulls(
            new()
            {
                ["metric"] = rule.Metric,
                ["slice"] = rule.Slice,
                ["minimum"] = rule.Minimum,
                ["maximum"] = rule.Maximum,
                ["lowerBoundAtLeast"] = rule.LowerBoundAtLeast,
                ["notWorseThanBaselineBy"] = rule.NotWorseThanBaselineBy,
                ["notWorseThanPrevious"] = rule.NotWorseThanPrevious,
                ["equivalentToBaselineWithin"] = rule.EquivalentToBaselineWithin,
                ["betterThanBaselineAtAlpha"] = rule.BetterThanBaselineAtAlpha,
                ["minimumCoverage"] = rule.MinimumCoverage,
                ["maximumCost"] = rule.MaximumCost,
            }
        );

    private static Dictionary<string, object?> WithoutNulls(Dictionary<string, object?> fields) =>
        fields.Where(field => field.Value is not null).ToDictionary();

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number:
                WriteNumber(writer, number);
                break;
            case JsonElement element:
                Write(writer, Unwrap(element));
                break;
            case Dictionary<string, object?> fields:
                writer.WriteStartObject();
                foreach (var (name, field) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            case IEnumerable<object?> list:
                writer.WriteStartArray();
                foreach (var element in list)
                {
                    Write(writer, element);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"No canonical form for {value.GetType()}.", nameof(value));
        }
    }

    /// <summary>1.0, 1 and 1e0 are one number.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, double number) =>
        writer.WriteRawValue((number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture));

    private static object? Unwrap(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var integer) ? integer : element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Array => element.EnumerateArray().Select(object? (item) => item).ToArray(),
            JsonValueKind.Object => element.EnumerateObject().ToDictionary(field => field.Name, object? (field) => field.Value),
            _ => null,
        };
}
