using System.Text.Json.Serialization;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Parsing;

/// <summary>How numbers are written in answers and references of the task <c>regression</c>.</summary>
public sealed record NumberSpec
{
    /// <summary>
    /// What stands between groups of three digits: <c>comma</c>, <c>apostrophe</c>, <c>underscore</c>, <c>space</c>, or <c>none</c>.
    /// Numbers without groups are always read. Decimals come after a point. Default <c>none</c>.
    /// </summary>
    [ChoiceField<DigitGroups>]
    [Example("comma")]
    public DigitGroups Thousands { get; init; }

    /// <summary>
    /// What <c>%</c> behind a number means. <c>refuse</c>: such a text is no number. <c>keep</c>: 12 % is 12. <c>divide</c>: 12 % is 0.12.
    /// Default <c>refuse</c>.
    /// </summary>
    [ChoiceField<PercentReading>]
    [Example("divide")]
    public PercentReading Percent { get; init; }

    /// <summary>Units and currencies that may stand before or behind a number, letter for letter.</summary>
    [TextListField(MaxCount = 50)]
    [Example(Json = """["EUR", "€"]""")]
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>
    /// A text after which the number stands, such as <c>####</c>; of several the last. Without it the text has no number. A reference that
    /// is a number needs no marker. Null for none.
    /// </summary>
    [TextField]
    [Example("####")]
    public string? Marker { get; init; }

    /// <summary>Whether the last number of the text is taken (<c>last</c>) or the whole text is one number. Default <c>whole</c>.</summary>
    [ChoiceField<NumberPlace>]
    [Example("last")]
    public NumberPlace Take { get; init; }
}

/// <summary>What a percent sign behind a number means.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PercentReading>))]
public enum PercentReading
{
    /// <summary>The text is no number.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>Nothing: 12 % is 12.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>A hundredth: 12 % is 0.12.</summary>
    [JsonStringEnumMemberName("divide")]
    Divide,
}

/// <summary>Where in a text the number is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NumberPlace>))]
public enum NumberPlace
{
    /// <summary>The whole text is one number.</summary>
    [JsonStringEnumMemberName("whole")]
    Whole,

    /// <summary>The last number of the text is meant, whatever stands before it.</summary>
    [JsonStringEnumMemberName("last")]
    Last,
}

/// <summary>What stands between groups of three digits.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DigitGroups>))]
public enum DigitGroups
{
    /// <summary>Nothing: digits have no groups.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>1,234.</summary>
    [JsonStringEnumMemberName("comma")]
    Comma,

    /// <summary>1'234.</summary>
    [JsonStringEnumMemberName("apostrophe")]
    Apostrophe,

    /// <summary>1_234.</summary>
    [JsonStringEnumMemberName("underscore")]
    Underscore,

    /// <summary>1 234, with a space of any width.</summary>
    [JsonStringEnumMemberName("space")]
    Space,
}
