using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>What the documentation says of the fields of a spec, from their declarations and the comments on them.</summary>
internal static partial class SpecDocumentation
{
    public static readonly DocumentationComments Comments = new(typeof(EvaluationSpec).Assembly);

    public static OptionSection Root { get; } = OptionSection.For(typeof(EvaluationSpec));

    /// <summary>The table of all fields.</summary>
    public static string Fields()
    {
        var text = new StringBuilder("| field | default | meaning |\n|---|---|---|\n");
        AddFields(text, "", Root);
        return text.ToString();
    }

    /// <summary>The table of what a gate may ask for.</summary>
    public static string Conditions()
    {
        var text = new StringBuilder("| condition | pass | fail | inconclusive |\n|---|---|---|---|\n");
        foreach (var kind in GateRuleCatalog.All)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| `{kind.Condition}` | {Comments.TextOf(kind.Type, "pass")} | {Comments.TextOf(kind.Type, "fail")} | {Comments.TextOf(kind.Type, "inconclusive")} |\n"
            );
        }

        return text.ToString();
    }

    /// <summary>What a field means. The default has a place of its own.</summary>
    public static string Meaning(OptionField field) => DefaultSentence().Replace(Comments.TextOf(field.Property), "").Trim();

    /// <summary>What a field holds where a spec does not have it, in the canonical form; null for nothing.</summary>
    public static object? Default(OptionSection section, OptionField field) =>
        field.Property.GetValue(section.Defaults) is { } value and not System.Collections.ICollection { Count: 0 }
            ? field.Kind.Write(value)
            : null;

    private static void AddFields(StringBuilder text, string prefix, OptionSection section)
    {
        foreach (var field in section.Fields)
        {
            var isSection = field.Kind is SectionFieldAttribute;
            var isAlwaysThere = field.Property.GetValue(section.Defaults) is not null;
            if (!isSection || !isAlwaysThere)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{prefix}{field.Name}` | {DefaultText(section, field)} | {Meaning(field)}{Choices(field)} |\n"
                );
            }

            if (isSection)
            {
                AddFields(text, $"{prefix}{field.Name}.", OptionSection.For(field.Type));
            }
        }
    }

    private static string DefaultText(OptionSection section, OptionField field) =>
        (field.Kind is { Missing: not null } or GateRulesFieldAttribute, Default(section, field)) switch
        {
            (true, _) when field.Kind.Alternative is { } alternative => $"required without `{alternative}`",
            (true, _) => "required",
            (_, null) => "none",
            (_, bool flag) => flag ? "`true`" : "`false`",
            (_, var value) => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
        };

    private static string Choices(OptionField field) =>
        field.Kind is IChoiceField choice ? $" One of {string.Join(", ", choice.Choices.Select(value => $"`{value}`"))}." : "";

    [GeneratedRegex(@"(?<=^|\. )Default .+?\.(?= |$)")]
    private static partial Regex DefaultSentence();
}
