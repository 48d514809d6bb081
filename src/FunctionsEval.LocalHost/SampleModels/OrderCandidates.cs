using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>What the value of a field can be.</summary>
internal enum OrderValueKind
{
    /// <summary>A run of words.</summary>
    Text,

    /// <summary>Each word of a list.</summary>
    Words,

    /// <summary>A number in digits or as a word.</summary>
    Number,

    /// <summary>A day.</summary>
    Date,
}

/// <summary>A part of a message that may be the value of a field.</summary>
/// <param name="Start">Its first token.</param>
/// <param name="End">The token after its last one.</param>
/// <param name="Value">The value, as the answer has it.</param>
internal sealed record OrderCandidate(int Start, int End, JsonElement Value)
{
    /// <summary>Whether the value is that of a training row.</summary>
    public bool Is(JsonElement expected) =>
        Value.ValueKind == JsonValueKind.Number && expected.ValueKind == JsonValueKind.Number
            ? Value.GetDouble() == expected.GetDouble()
            : Value.ValueKind == expected.ValueKind && Value.GetString()!.Equals(expected.GetString(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Splits a message into tokens, and finds the parts of it that can be a value.</summary>
internal sealed partial class OrderCandidates
{
    private const int MaxWords = 3;

    private static readonly string[] NumberWords =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ];

    private static readonly string[] DateFormats = ["yyyy-MM-dd", "dd.MM.yyyy", "d MMMM yyyy", "MMMM d , yyyy"];

    public OrderCandidates(string message)
    {
        Tokens = [.. Token().Matches(message).Select(match => match.Value)];
    }

    /// <summary>The words, numbers and signs of the message.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The parts that can be a value of a kind.</summary>
    public IEnumerable<OrderCandidate> Find(OrderValueKind kind) =>
        from length in Enumerable.Range(
            1,
            kind is OrderValueKind.Words or OrderValueKind.Number ? 1
                : kind == OrderValueKind.Date ? 4
                : MaxWords
        )
        from start in Enumerable.Range(0, Math.Max(0, Tokens.Count - length + 1))
        let value = Read(kind, start, length)
        where value is not null
        select new OrderCandidate(start, start + length, value.Value);

    private JsonElement? Read(OrderValueKind kind, int start, int length)
    {
        var tokens = Tokens.Skip(start).Take(length);
        return kind switch
        {
            OrderValueKind.Number => ReadNumber(Tokens[start]),
            OrderValueKind.Date => ReadDate(string.Join(' ', tokens)),
            _ => tokens.All(token => char.IsLetter(token[0])) ? JsonSerializer.SerializeToElement(string.Join(' ', tokens)) : null,
        };
    }

    private static JsonElement? ReadNumber(string token)
    {
        var word = Array.IndexOf(NumberWords, token.ToLowerInvariant());
        return word >= 0 ? JsonSerializer.SerializeToElement(word)
            : decimal.TryParse(token, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? JsonSerializer.SerializeToElement(number)
            : null;
    }

    private static JsonElement? ReadDate(string text) =>
        DateOnly.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? JsonSerializer.SerializeToElement(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex(@"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|\d+(?:\.\d+)?|[\p{L}]+(?:['’-]\p{L}+)*|\S")]
    private static partial Regex Token();
}
