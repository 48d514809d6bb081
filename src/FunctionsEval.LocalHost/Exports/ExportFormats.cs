namespace FunctionsEval.LocalHost.Exports;

/// <summary>The forms in which a run's result is exported.</summary>
internal static class ExportFormats
{
    /// <summary>Each form by its name on the command line, with what writes it.</summary>
    public static IReadOnlyDictionary<string, Func<ExportSource, CancellationToken, Task<string>>> All { get; } =
        new Dictionary<string, Func<ExportSource, CancellationToken, Task<string>>>(StringComparer.Ordinal)
        {
            ["junit"] = (source, _) => Task.FromResult(JUnitExport.Write(source)),
            ["csv"] = (source, _) => CsvExport.WriteAsync(source),
            ["html"] = (source, cancellationToken) => source.ReadReportAsync(cancellationToken),
            ["markdown"] = (source, cancellationToken) => source.ReadMarkdownAsync(cancellationToken),
            ["model-card"] = (source, _) => Task.FromResult(ModelCardExport.Write(source)),
            ["badge"] = (source, _) => Task.FromResult(BadgeExport.Write(source)),
            ["badge-json"] = (source, _) => Task.FromResult(BadgeExport.WriteJson(source)),
            ["mlflow"] = MlflowExport.SendAsync,
            ["lm-eval"] = (source, _) => Task.FromResult(LmEvalExport.Write(source.RequireOneCandidate())),
            ["promptfoo"] = async (source, cancellationToken) =>
                PromptfooExport.Write(source.RequireOneCandidate(), await source.ReadSamplesAsync(cancellationToken)),
            ["openai-evals"] = async (source, cancellationToken) =>
                OpenAIEvalsExport.Write(source.RequireOneCandidate(), await source.ReadSamplesAsync(cancellationToken)),
        };
}
