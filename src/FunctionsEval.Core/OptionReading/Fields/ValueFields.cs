using System.Globalization;
using System.Text.Json;

namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class FlagFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type) => owner.Has(name) ? owner.Bool(name) : null;
}

/// <summary>A whole number.</summary>
internal sealed class IntegerFieldAttribute : FieldAttribute
{
    /// <summary>The lowest value.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>The highest value.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Integer(name, Minimum, Maximum) is { } number ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : null;
}

/// <summary>A number.</summary>
internal sealed class NumberFieldAttribute : FieldAttribute
{
    /// <summary>The lowest value.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The highest value.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Whether the number must be above <see cref="Minimum"/>.</summary>
    public bool ExcludesMinimum { get; init; }

    /// <summary>Why the number must be above the minimum; null where that is obvious.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether null is a value of its own and not the default.</summary>
    public bool TakesNull { get; init; }

    public override object? Read(OptionReader owner, string name, Type type)
    {
        var number = owner.Number(name, Minimum, Maximum);
        return ExcludesMinimum && number == Minimum
            ? throw owner.Wrong(
                name,
                string.Create(CultureInfo.InvariantCulture, $"must be more than {Minimum}{(Reason is null ? "" : $": {Reason}")}")
            )
            : number;
    }

    public override bool IsSetToNull(OptionReader owner, string name) => TakesNull && owner.IsNull(name);
}

/// <summary>A text that is not empty.</summary>
internal class TextFieldAttribute : FieldAttribute
{
    /// <summary>Characters it may have.</summary>
    public int MaxLength { get; init; } = SpecLimits.MaxText;

    public override object? Read(OptionReader owner, string name, Type type) => owner.Text(name, MaxLength, canBeEmpty: false);
}

/// <summary>A member of an enumeration, by its name in JSON.</summary>
internal sealed class ChoiceFieldAttribute<TEnum> : FieldAttribute, IChoiceField
    where TEnum : struct, Enum
{
    public IEnumerable<string> Choices => EnumNames<TEnum>.All;

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Text(name, canBeEmpty: false) is not { } text ? null
        : EnumNames<TEnum>.TryGet(text, out var value) ? value
        : throw owner.NotOneOf(name, text, Choices);

    public override object? Write(object value) => EnumNames<TEnum>.NameOf((TEnum)value);
}

/// <summary>A field that takes one of some texts.</summary>
internal interface IChoiceField
{
    /// <summary>The texts.</summary>
    IEnumerable<string> Choices { get; }
}

/// <summary>A list of different texts.</summary>
internal class TextListFieldAttribute : FieldAttribute
{
    /// <summary>Texts it may have.</summary>
    public int MaxCount { get; init; } = SpecLimits.MaxElements;

    public override object? Read(OptionReader owner, string name, Type type) => owner.DistinctTexts(name, MaxCount);
}

/// <summary>An object of texts by any name.</summary>
internal sealed class TextMapFieldAttribute : FieldAttribute
{
    /// <summary>Entries it may have.</summary>
    public int MaxCount { get; init; } = SpecLimits.MaxElements;

    /// <summary>What each text is, for messages.</summary>
    public required string Value { get; init; }

    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (owner.Read(name) is not { } value)
        {
            return null;
        }

        var map = new OptionReader(owner.PathOf(name), value);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in map.Fields)
        {
            if (texts.Count == MaxCount)
            {
                throw owner.TooMany(name, MaxCount);
            }

            texts.Add(key, ReadText(map, key, text));
        }

        return texts;
    }

    private string ReadText(OptionReader map, string key, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw map.WrongType(key, $"a string, {Value}", value);
        return key.Length <= SpecLimits.MaxText && text.Length <= SpecLimits.MaxText
            ? text
            : throw map.Error(key, $"is longer than {SpecLimits.MaxText} characters.");
    }

    public override object? Write(object value) =>
        ((IReadOnlyDictionary<string, string>)value).ToDictionary(pair => pair.Key, object? (pair) => pair.Value);
}

/// <summary>An object with fields of its own: the properties of the property's type that are declared as fields.</summary>
internal sealed class SectionFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Read(name) is { } value ? OptionSection.For(type).Read(new OptionReader(owner.PathOf(name), value)) : null;

    public override object? Write(object value) => OptionSection.For(value.GetType()).Write(value);
}
