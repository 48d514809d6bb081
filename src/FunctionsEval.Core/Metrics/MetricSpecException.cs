namespace FunctionsEval.Core.Metrics;

/// <summary>A spec asks for a metric or an option that does not exist, or that does not fit the task.</summary>
public sealed class MetricSpecException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">Where in the spec, for example <c>metrics[1].tokenize</c>.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public MetricSpecException(string path, string message)
        : base($"{path}: {message}")
    {
        Path = path;
    }

    /// <summary>Where in the spec, for example <c>metrics[1].tokenize</c>.</summary>
    public string Path { get; }
}
