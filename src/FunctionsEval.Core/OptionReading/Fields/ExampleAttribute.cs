namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary>A value that a field may have, which editors offer while a spec is written.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class ExampleAttribute : Attribute
{
    /// <summary>An example that <see cref="Json"/> states.</summary>
    public ExampleAttribute() { }

    /// <summary>A text, a number or a truth value.</summary>
    /// <param name="value">It.</param>
    public ExampleAttribute(object value) => Value = value;

    /// <summary>The value; null where <see cref="Json"/> states it.</summary>
    public object? Value { get; }

    /// <summary>The value as JSON: a list or an object.</summary>
    public string? Json { get; init; }
}
