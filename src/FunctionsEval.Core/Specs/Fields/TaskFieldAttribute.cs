using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>A task, by its name.</summary>
internal sealed class TaskFieldAttribute : FieldAttribute, IChoiceField
{
    public TaskFieldAttribute() => Missing = $"give one of {string.Join(", ", TaskCatalog.Names)}";

    public IEnumerable<string> Choices => TaskCatalog.Names;

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Text(name, canBeEmpty: false) is not { } text ? null
        : TaskCatalog.TryGet(text, out var task) ? task
        : throw owner.NotOneOf(name, text, Choices);

    public override object? Write(object value) => ((TaskDefinition)value).Name;
}
