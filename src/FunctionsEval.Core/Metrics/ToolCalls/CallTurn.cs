using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Fields;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// A turn of a conversation with tools, as references and predictions have it: a list of calls, or a text. As text it has one form, in
/// which calls stand in ordinal order and arguments are canonical JSON: <c>[{"arguments":{…},"name":"f"}]</c>, or <c>"a text"</c>.
/// </summary>
public sealed record CallTurn
{
    /// <summary>The most calls that a turn may have: comparing them takes time by the square of their number.</summary>
    public const int MaxCalls = 64;

    /// <summary>A turn with a text in the place of calls.</summary>
    public static CallTurn NoCalls { get; } = new() { Calls = [] };

    /// <summary>Arguments stand in an object in a list.</summary>
    private const int ArgumentsDepth = 2;

    private static readonly FieldRules Exact = new([], ExactComparer.Instance);

    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The calls; empty for a text.</summary>
    public required IReadOnlyList<TurnCall> Calls { get; init; }

    /// <summary>Whether the arguments of every call are known.</summary>
    public bool HasArguments => Calls.All(call => !call.IsNameOnly);

    /// <summary>Reads a turn. A text in any other form than that of calls is a text.</summary>
    /// <param name="turn">The turn as <see cref="Write(IEnumerable{ToolCall}, bool)"/> or <see cref="Write(string)"/> gives it.</param>
    public static CallTurn Parse(string turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return turn.StartsWith('[') && TryParse(turn) is { } list && ReadCalls(list) is { } calls
            ? new CallTurn { Calls = calls }
            : NoCalls;
    }

    /// <summary>A turn that calls tools, in its one form. Arguments that are no JSON stand there as text.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="namesOnly">Whether only the functions' names are known.</param>
    public static string Write(IEnumerable<ToolCall> calls, bool namesOnly = false)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return $"[{string.Join(',', calls.Select(call => Write(call, namesOnly)).Order(StringComparer.Ordinal))}]";
    }

    /// <summary>A turn that is a text, in its one form.</summary>
    /// <param name="text">The text.</param>
    public static string Write(string text) => Write(writer => writer.WriteStringValue(text));

    /// <summary>Whether a turn is in one of the two forms.</summary>
    /// <param name="turn">The turn.</param>
    public static bool IsWritten(string turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return turn is ['[' or '"', ..] && TryParse(turn) is { } value && (turn[0] == '"' || ReadCalls(value) is not null);
    }

    /// <summary>
    /// Whether two turns are the same: equal calls in any order, equal names where the reference has nothing else, or no call in both. An
    /// argument that is null is as good as absent, as in the metric.
    /// </summary>
    /// <param name="reference">The reference.</param>
    /// <param name="prediction">The answer.</param>
    public static bool AreEqual(string reference, string prediction)
    {
        var expected = Parse(reference);
        return expected.Calls.Count == 0 ? Parse(prediction).Calls.Count == 0
            : expected.HasArguments ? CallComparison.Compare(expected, Parse(prediction), Exact).IsMatch
            : expected.SortedNames().SequenceEqual(Parse(prediction).SortedNames(), StringComparer.Ordinal);
    }

    private IEnumerable<string> SortedNames() => Calls.Select(call => call.Name).Order(StringComparer.Ordinal);

    private static JsonElement? TryParse(string turn)
    {
        try
        {
            return CanonicalJson.Parse(turn, ArgumentsDepth);
        }
        catch (Exception other) when (other is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static List<TurnCall>? ReadCalls(JsonElement list)
    {
        var calls = new List<TurnCall>();
        foreach (var call in list.EnumerateArray())
        {
            if (
                calls.Count == MaxCalls
                || call.ValueKind != JsonValueKind.Object
                || !call.TryGetProperty("name", out var name)
                || name.ValueKind != JsonValueKind.String
            )
            {
                return null;
            }

            var hasArguments = call.TryGetProperty("arguments", out var arguments);
            if (hasArguments && arguments.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
            {
                return null;
            }

            calls.Add(new TurnCall(name.GetString()!, arguments));
        }

        return calls;
    }

    private static string Write(ToolCall call, bool namesOnly) =>
        Write(writer =>
        {
            writer.WriteStartObject();
            if (!namesOnly)
            {
                writer.WritePropertyName("arguments");
                if (TurnCall.TryReadArguments(call.Arguments, out var arguments))
                {
                    writer.WriteRawValue(arguments);
                }
                else
                {
                    writer.WriteStringValue(call.Arguments);
                }
            }

            writer.WriteString("name", call.Name);
            writer.WriteEndObject();
        });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, WriteOptions))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
