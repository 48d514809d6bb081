using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Prompts;

/// <summary>A choice of tools: a word, or a function by its name.</summary>
internal sealed class ToolChoiceFieldAttribute : FieldAttribute
{
    private const string FunctionField = "function";

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [.. EnumNames<ToolChoiceKind>.All.Where(name => name != EnumNames<ToolChoiceKind>.NameOf(ToolChoiceKind.Function))];

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Read(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } => Words.Contains(owner.Text(name)!, StringComparer.Ordinal)
            && EnumNames<ToolChoiceKind>.TryGet(owner.Text(name)!, out var kind)
                ? new ToolChoice(kind)
                : throw owner.NotOneOf(name, owner.Text(name)!, Words),
            { ValueKind: JsonValueKind.Object } value => ReadFunction(new OptionReader(owner.PathOf(name), value)),
            { } other => throw owner.WrongType(name, $"one of {string.Join(", ", Words)}, or an object with a function's name", other),
        };

    public override object? Write(object value)
    {
        var choice = (ToolChoice)value;
        return choice.Function is { } function ? new Dictionary<string, object?> { [FunctionField] = function } : choice.KindName;
    }

    /// <summary><c>{"function": "name"}</c>, or as the API has it: <c>{"type": "function", "function": {"name": "name"}}</c>.</summary>
    private static ToolChoice ReadFunction(OptionReader choice)
    {
        OptionSection.RefuseUnknown(choice, ["type", FunctionField]);
        choice.Choice("type", FunctionField, [FunctionField]);
        if (choice.Read(FunctionField) is not { ValueKind: JsonValueKind.Object } nested)
        {
            return new ToolChoice(ToolChoiceKind.Function, NameIn(choice, FunctionField));
        }

        var function = new OptionReader(choice.PathOf(FunctionField), nested);
        OptionSection.RefuseUnknown(function, ["name"]);
        return new ToolChoice(ToolChoiceKind.Function, NameIn(function, "name"));
    }

    private static string NameIn(OptionReader owner, string name) =>
        owner.Text(name, canBeEmpty: false) ?? throw owner.Error(name, "is missing: give the name of a function.");
}
