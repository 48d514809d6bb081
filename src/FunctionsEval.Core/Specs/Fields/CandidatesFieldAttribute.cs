using System.Globalization;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>The model under test: the first of <c>candidates</c> where it has no field of its own.</summary>
internal sealed class ModelFieldAttribute : TextFieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type) =>
        base.Read(owner, name, type)
        ?? (
            Alternative is null ? null
            : CandidatesFieldAttribute.TextsOf(owner, Alternative) is not { } listed ? null
            : listed is [var first, ..] ? first
            : throw CandidatesFieldAttribute.Empty(owner, Alternative)
        );
}

/// <summary>The models under test besides <c>model</c>, without the names that are there already.</summary>
internal sealed class CandidatesFieldAttribute : TextListFieldAttribute
{
    private const string Model = "model";

    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (TextsOf(owner, name) is not { } listed)
        {
            return null;
        }

        if (listed.Count == 0)
        {
            throw Empty(owner, name);
        }

        var model = owner.Text(Model, canBeEmpty: false);
        var names = CandidateNames.Join(model is null ? listed : listed.Prepend(model));
        return names.Count switch
        {
            1 => throw owner.Error(name, $"names '{names[0]}' alone. Name another model too, or leave it out and name one in $.model."),
            > CandidateNames.MaxTogether => throw owner.Error(
                name,
                $"are {names.Count} models with $.model. A run has {CandidateNames.MaxTogether} candidates at most."
            ),
            _ => names.Skip(1).ToList(),
        };
    }

    /// <summary>The error of a list without a name.</summary>
    internal static OptionException Empty(OptionReader owner, string name) =>
        owner.Error(name, "is empty. Name the models, or leave it out and name one in $.model.");

    /// <summary>The names as they are listed; null where the field is absent.</summary>
    internal static IReadOnlyList<string>? TextsOf(OptionReader owner, string name)
    {
        var names = owner.Texts(name, maxCount: CandidateNames.MaxListed);
        for (var index = 0; index < names?.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(names[index]))
            {
                throw owner.Error(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), "is empty.");
            }
        }

        return names;
    }
}
