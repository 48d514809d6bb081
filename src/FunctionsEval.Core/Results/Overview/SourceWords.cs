namespace FunctionsEval.Core.Results.Overview;

/// <summary>What people read for what started a run.</summary>
public static class SourceWords
{
    /// <summary>The words for a run's <see cref="Run.Source"/>; the word itself where this version does not know it.</summary>
    /// <param name="source">The source.</param>
    public static string TextOf(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source switch
        {
            "http" => "API request",
            "blob" => "upload",
            "fine_tune" => "fine-tuning job",
            "retirement" => "retirement drill",
            _ => source.Replace('_', ' '),
        };
    }
}
