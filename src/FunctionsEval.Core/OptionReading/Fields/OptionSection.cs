using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary>A field that a property declares.</summary>
/// <param name="Name">Its name in a spec.</param>
/// <param name="Property">The property that holds it.</param>
/// <param name="Kind">The declaration.</param>
internal sealed record OptionField(string Name, PropertyInfo Property, FieldAttribute Kind)
{
    /// <summary>The property's type, without <see cref="Nullable{T}"/>.</summary>
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
}

/// <summary>Reads and writes the objects whose fields are declared by the properties of a type.</summary>
internal sealed class OptionSection
{
    private static readonly ConcurrentDictionary<Type, OptionSection> Sections = new();

    private readonly Type _type;
    private readonly Lazy<object> _defaults;

    private OptionSection(Type type)
    {
        _type = type;
        _defaults = new(Create);
        Fields =
        [
            .. from property in type.GetProperties()
            let kind = property.GetCustomAttribute<FieldAttribute>()
            where kind is not null
            orderby property.DeclaringType == type, property.MetadataToken
            select new OptionField(JsonNamingPolicy.CamelCase.ConvertName(property.Name), property, kind),
        ];
    }

    /// <summary>The fields, in the order of the declarations, those of a base type first.</summary>
    public IReadOnlyList<OptionField> Fields { get; }

    /// <summary>An object in which every field has its default.</summary>
    public object Defaults => _defaults.Value;

    /// <summary>The section of a type.</summary>
    public static OptionSection For(Type type) => Sections.GetOrAdd(type, static type => new OptionSection(type));

    /// <summary>Reads an object.</summary>
    /// <param name="reader">The object.</param>
    /// <param name="alsoKnown">A field that it may have and that is not read.</param>
    /// <exception cref="OptionException">A field is unknown, missing, or its value does not fit.</exception>
    public object Read(OptionReader reader, params ReadOnlySpan<string> alsoKnown)
    {
        RefuseUnknown(reader, [.. alsoKnown, .. Fields.Select(field => field.Name)]);
        var section = Create();
        foreach (var field in Fields)
        {
            if (field.Kind.Read(reader, field.Name, field.Type) is { } value)
            {
                field.Property.SetValue(section, value);
            }
            else if (field.Kind.IsSetToNull(reader, field.Name))
            {
                field.Property.SetValue(section, null);
            }
            else if (field.Kind.Missing is { } missing)
            {
                throw reader.Error(field.Name, $"is missing: {missing}.");
            }
        }

        return section;
    }

    /// <summary>The canonical form of an object: its fields by name.</summary>
    public Dictionary<string, object?> Write(object section)
    {
        var written = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            var value = field.Property.GetValue(section);
            if (
                field.Kind.Written == Written.Always
                || (field.Kind.Written == Written.UnlessDefault && !Equals(value, field.Property.GetValue(Defaults)))
            )
            {
                written.Add(field.Name, value is null ? null : field.Kind.Write(value));
            }
        }

        return written;
    }

    /// <summary>Refuses fields that are not among those that an object may have.</summary>
    /// <param name="reader">The object.</param>
    /// <param name="names">Those it may have.</param>
    public static void RefuseUnknown(OptionReader reader, IReadOnlyList<string> names)
    {
        if (reader.Names.FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw reader.Error(unknown, UnknownField.Describe(unknown, names));
        }
    }

    private object Create() => Activator.CreateInstance(_type)!;
}
