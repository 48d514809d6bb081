namespace FunctionsEval.Core.Datasets;

/// <summary>What a content is instead of a dataset.</summary>
/// <param name="Code">One of <see cref="DatasetProblems"/>.</param>
/// <param name="Message">What it is and the fix, as the end of a sentence that begins with the dataset's name.</param>
/// <param name="Line">Physical line, 1-based; null when there is no single place.</param>
internal sealed record Misfit(string Code, string Message, int? Line = null);
