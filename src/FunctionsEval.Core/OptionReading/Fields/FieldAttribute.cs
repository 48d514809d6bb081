namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary>When a field is part of the canonical form.</summary>
internal enum Written
{
    /// <summary>Always, a default too.</summary>
    Always,

    /// <summary>
    /// Unless it has its default: for every field that was added later, so that the run ids of earlier specs stay the same.
    /// </summary>
    UnlessDefault,

    /// <summary>Never: the field decides nothing about a run.</summary>
    Never,
}

/// <summary>
/// Declares a field of a spec on the property that holds it. Reader, canonical form, JSON schema and the table of the documentation follow:
/// the name is the property's in camel case, the default is its initial value, and its summary is what the documentation says. A derived
/// class is a kind of field.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class FieldAttribute : Attribute
{
    /// <summary>When the field is part of the canonical form.</summary>
    public Written Written { get; init; }

    /// <summary>
    /// Whether the field must be given; then what to give, as the end of the message "is missing: …", for example <c>say how many
    /// examples</c>.
    /// </summary>
    public string? Missing { get; init; }

    /// <summary>A field of the same object that may be given in its place; null for none.</summary>
    public string? Alternative { get; init; }

    /// <summary>Reads the field; null when it is absent.</summary>
    /// <param name="owner">The object that has it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">The property's type, without <see cref="Nullable{T}"/>.</param>
    /// <exception cref="OptionException">The value does not fit.</exception>
    public abstract object? Read(OptionReader owner, string name, Type type);

    /// <summary>The value as it is in the canonical form.</summary>
    public virtual object? Write(object value) => value;

    /// <summary>Whether a value is set by an explicit null, and not just left out.</summary>
    public virtual bool IsSetToNull(OptionReader owner, string name) => false;
}
