using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Tests.Settings;

/// <summary>An app setting: one that the app reads from its configuration.</summary>
/// <param name="Name">As in an environment variable, with a placeholder in braces where any key goes.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Default">What holds without it.</param>
/// <param name="Range">What its value must be within; empty where the type says it.</param>
/// <param name="Description">What it does.</param>
internal sealed record AppSetting(string Name, string Type, string Default, string Range, string Description)
{
    private readonly Regex _pattern = new(
        $"^{Regex.Replace(Regex.Escape(Name), @"\\\{\w+}", "[^_]+")}$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    );

    /// <summary>Whether a name, with a key in place of the placeholder, is this setting's.</summary>
    public bool IsCalled(string name) => _pattern.IsMatch(name) || string.Equals(name, Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The settings of one options class.</summary>
/// <param name="Name">Name of the configuration section.</param>
/// <param name="Summary">What they are about.</param>
/// <param name="Settings">In the order of the properties.</param>
internal sealed record SettingsSection(string Name, string Summary, IReadOnlyList<AppSetting> Settings);

/// <summary>Every setting of the app, from the classes that name a configuration section, their comments and their annotations.</summary>
internal static partial class SettingsTable
{
    /// <summary>What stands for a model's key in a setting's name.</summary>
    public const string ModelKey = "{key}";

    /// <summary>What stands for a webhook's name.</summary>
    public const string WebhookName = "{name}";

    private static readonly DocumentationComments Comments = new(typeof(EvaluationOptions).Assembly);

    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [.. SectionFields().Select(Read).OrderBy(section => section.Name, StringComparer.Ordinal)];

    /// <summary>Names of one model's settings, behind its key.</summary>
    public static IEnumerable<string> OfModel =>
        Sections.Single(section => section.Name == ModelOptionsReader.SectionName).Settings.Select(setting => setting.Name.Split("__")[^1]);

    public static IEnumerable<AppSetting> All => Sections.SelectMany(section => section.Settings);

    /// <summary>The constants that name a section. Whoever adds an options class adds one.</summary>
    public static IEnumerable<FieldInfo> SectionFields() =>
        from type in typeof(EvaluationOptions).Assembly.GetTypes()
        from field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where field.IsLiteral && field.Name is "Section" or "SectionName"
        select field;

    public static string Render()
    {
        var text = new StringBuilder();
        foreach (var section in Sections)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n## {section.Name}\n\n{section.Summary}\n\n| setting | value | default | range | what it does |\n|---|---|---|---|---|\n"
            );
            foreach (var setting in section.Settings)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{setting.Name}` | {setting.Type} | {setting.Default} | {setting.Range} | {setting.Description} |\n"
                );
            }
        }

        return text.Append('\n').ToString();
    }

    private static SettingsSection Read(FieldInfo field)
    {
        var name = (string)field.GetRawConstantValue()!;
        if (field.DeclaringType == typeof(ModelOptionsReader))
        {
            var ofModels = typeof(ModelOptions)
                .GetProperties()
                .Where(property => property.CanWrite && property.Name != nameof(ModelOptions.Section))
                .Select(property => Setting($"{name}__{ModelKey}", property, DefaultOfModel(property)));
            return new SettingsSection(name, Summary(typeof(ModelOptions)), [.. ofModels]);
        }

        List<AppSetting> settings = [];
        if (Comments.TextOf(field) is { } ownValue)
        {
            settings.Add(new AppSetting(name, "text", "none", "", ownValue));
        }

        AddProperties(settings, name, field.DeclaringType!);
        return new SettingsSection(name, Summary(field.DeclaringType!), settings);
    }

    private static void AddProperties(List<AppSetting> settings, string prefix, Type type)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (
            var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken)
        )
        {
            if (property.CanWrite)
            {
                var isRequired = property.GetCustomAttribute<RequiredAttribute>() is not null;
                settings.Add(Setting(prefix, property, isRequired ? "required" : Value(property.GetValue(defaults))));
            }
            else if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            {
                AddProperties(settings, $"{prefix}__{property.Name}__{WebhookName}", property.PropertyType.GetGenericArguments()[1]);
            }
        }
    }

    private static AppSetting Setting(string prefix, PropertyInfo property, string defaultValue) =>
        new(
            $"{prefix}__{property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name}",
            TypeName(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType),
            defaultValue,
            Range(property),
            DefaultSentence().Replace(Comments.TextOf(property), "").Trim()
        );

    /// <summary>The class's summary without the words that the heading says.</summary>
    private static string Summary(Type type)
    {
        var summary = SummaryBeginning().Replace(Comments.TextOf(type), "");
        return char.ToUpperInvariant(summary[0]) + summary[1..];
    }

    /// <summary>What a model has that is configured without this setting, by the reader itself.</summary>
    private static string DefaultOfModel(PropertyInfo property)
    {
        var values = new Dictionary<string, string?>
        {
            [nameof(ModelOptions.Endpoint)] = "https://example.com",
            [nameof(ModelOptions.Deployment)] = "d",
        };
        values.Remove(property.Name);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                values.ToDictionary(value => $"{ModelOptionsReader.SectionName}:{ModelKey}:{value.Key}", value => value.Value)
            )
            .Build();
        List<string> failures = [];
        var models = ModelOptionsReader.Read(configuration, failures);
        return failures.Count > 0 ? "required" : Value(property.GetValue(Assert.Single(models)));
    }

    private static string TypeName(Type type) =>
        type switch
        {
            _ when type == typeof(ModelProvider) => Names(ModelProviders.All),
            _ when type == typeof(ModelProtocol) => Names(ModelProtocols.All),
            { IsEnum: true } => string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`")),
            _ when type == typeof(string) => "text",
            _ when type == typeof(bool) => "`true`, `false`",
            _ when type == typeof(int) || type == typeof(long) => "whole number",
            _ when type == typeof(decimal) || type == typeof(double) => "number",
            _ when type == typeof(TimeSpan) => "time",
            _ when type == typeof(Uri) => "address",
            _ => throw new NotSupportedException($"{type} has no name in docs/settings.md."),
        };

    private static string Names<T>(IEnumerable<T> all) => string.Join(", ", all.Select(one => $"`{one}`"));

    private static string Value(object? value) =>
        value switch
        {
            null => "none",
            true => "`true`",
            false => "`false`",
            Uri address => $"`{address.OriginalString}`",
            TimeSpan { Milliseconds: not 0 } time => $"`{time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0')}`",
            _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        };

    private static string Range(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
        {
            return $"`{pattern.Pattern.Replace("|", "\\|", StringComparison.Ordinal)}`";
        }

        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return "";
        }

        return range.Maximum is int.MaxValue ? $"{Value(range.Minimum)} or more" : $"{Value(range.Minimum)} to {Value(range.Maximum)}";
    }

    [GeneratedRegex("^App settings `[^`]+`: ")]
    private static partial Regex SummaryBeginning();

    /// <summary>The default has a column of its own, filled from the code.</summary>
    [GeneratedRegex(@"(?<=^|\. )Default .+?\.(?= |$)")]
    private static partial Regex DefaultSentence();
}
