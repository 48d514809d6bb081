using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Prompts;

/// <summary>A Liquid template of at most <see cref="PromptTemplate.MaxLength"/> characters.</summary>
internal sealed class TemplateFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        // The template refuses what is longer than its own limit, in the words of a template.
        var text = owner.Text(name, SpecLimits.MaxBytes, canBeEmpty: false);
        return text is null || PromptTemplate.TryParse(text, out _, out var error)
            ? text
            : throw owner.Error(name, $"is not a Liquid template: {error}.");
    }
}
