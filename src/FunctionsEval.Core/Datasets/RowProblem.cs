namespace FunctionsEval.Core.Datasets;

/// <summary>Why a row is no sample; see <see cref="MalformedRow"/>.</summary>
internal sealed record RowProblem(string Reason, string Message, int? Column = null);
