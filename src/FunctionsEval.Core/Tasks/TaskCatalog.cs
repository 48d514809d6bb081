using System.Diagnostics.CodeAnalysis;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Extraction;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tasks.MultipleChoice;
using FunctionsEval.Core.Tasks.Preference;
using FunctionsEval.Core.Tasks.Regression;
using FunctionsEval.Core.Tasks.ToolCalls;

namespace FunctionsEval.Core.Tasks;

/// <summary>All tasks there are, by the names that specs use.</summary>
public static class TaskCatalog
{
    /// <summary>The tasks, in the order in which they are listed to users.</summary>
    public static IReadOnlyList<TaskDefinition> All { get; } =
    [
        ClassificationTask.Instance,
        ExtractionTask.Instance,
        GenerationTask.Instance,
        LanguageModellingTask.Instance,
        MultiLabelTask.Instance,
        MultipleChoiceTask.Instance,
        PreferenceTask.Instance,
        PreferenceLikelihoodTask.Instance,
        RegressionTask.Instance,
        ToolCallsTask.Instance,
    ];

    /// <summary>The names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(task => task.Name)];

    /// <summary>Finds a task by its name.</summary>
    /// <param name="name">The name; letter case matters.</param>
    /// <param name="task">The task.</param>
    public static bool TryGet(string name, [NotNullWhen(true)] out TaskDefinition? task)
    {
        task = All.FirstOrDefault(task => task.Name == name);
        return task is not null;
    }

    /// <summary>The task of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no task of this name.</exception>
    public static TaskDefinition Get(string name) =>
        TryGet(name, out var task) ? task : throw new ArgumentException($"There is no task '{name}'.", nameof(name));

    /// <summary>Names the tasks of a kind in a sentence: <c>the task a</c>, <c>the tasks a and b</c>.</summary>
    internal static string Describe(Func<TaskDefinition, bool> kind)
    {
        string[] names = [.. All.Where(kind).Select(task => task.Name)];
        return names is [var only] ? $"the task {only}" : $"the tasks {string.Join(", ", names[..^1])} and {names[^1]}";
    }
}
