using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The settings of one model, as texts, and the failures found in them. No failure shows a value.</summary>
/// <param name="section">The model's section.</param>
/// <param name="parent">Name of the section of all models.</param>
/// <param name="failures">Receives the failures.</param>
internal sealed class ModelSettings(IConfigurationSection section, string parent, ICollection<string> failures)
{
    /// <summary>The failures so far.</summary>
    public int Failures { get; private set; }

    /// <summary>The full name of a setting, for example <c>Models__0__ApiKey</c>.</summary>
    public string NameOf(string property) => $"{parent}__{section.Key}__{property}";

    /// <summary>Adds a failure.</summary>
    /// <param name="property">The setting.</param>
    /// <param name="message">What is wrong with it, and what to write.</param>
    public void Fail(string property, string message)
    {
        Failures++;
        failures.Add($"{NameOf(property)}: {message}");
    }

    /// <summary>A setting's text; null where it is not set.</summary>
    public string? Text(string property) => section[property]?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The one of all that a setting names; null where it is not set or names none.</summary>
    public T? Choice<T>(string property, IReadOnlyList<T> all)
        where T : class
    {
        if (Text(property) is not { } text)
        {
            return null;
        }

        if (all.FirstOrDefault(one => string.Equals(one.ToString(), text, StringComparison.OrdinalIgnoreCase)) is { } value)
        {
            return value;
        }

        Fail(property, $"write one of {string.Join(", ", all)}.");
        return null;
    }

    /// <summary>Whether a setting is true.</summary>
    public bool Flag(string property)
    {
        var value = false;
        if (Text(property) is { } text && !bool.TryParse(text, out value))
        {
            Fail(property, "write true or false.");
        }

        return value;
    }

    /// <summary>
    /// A setting's number within the range of the property of <see cref="ModelOptions"/>; null where it is not set or none.
    /// </summary>
    public T? Number<T>(string property, string expected)
        where T : struct, ISpanParsable<T>, IComparable<T>
    {
        if (Text(property) is not { } text)
        {
            return null;
        }

        var range = typeof(ModelOptions).GetProperty(property)!.GetCustomAttribute<RangeAttribute>()!;
        if (
            T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            && value.CompareTo(Bound(range.Minimum)) >= 0
            && value.CompareTo(Bound(range.Maximum)) <= 0
        )
        {
            return value;
        }

        Fail(property, $"write {expected}.");
        return null;

        static T Bound(object bound) => T.Parse(Convert.ToString(bound, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture);
    }
}
