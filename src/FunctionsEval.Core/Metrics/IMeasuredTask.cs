namespace FunctionsEval.Core.Metrics;

/// <summary>What metrics need to know of a task.</summary>
public interface IMeasuredTask
{
    /// <summary>The task's name, as specs have it.</summary>
    string Name { get; }

    /// <summary>What an evaluated sample of the task has for metrics to measure.</summary>
    MetricSubjects Subjects { get; }

    /// <summary>The metrics of a spec that names none; the first one is the task's headline.</summary>
    IReadOnlyList<MetricSpec> DefaultMetrics { get; }
}
