namespace FunctionsEval.Core.Datasets;

/// <summary>What a row, or one turn of it, was read as: a sample, or why it is none.</summary>
/// <param name="Sample">The sample; null where there is a problem.</param>
/// <param name="Problem">The problem; null where there is a sample.</param>
/// <param name="Turn">Which turn of the row it is; null for the row as a whole.</param>
internal readonly record struct SampleReading(Sample? Sample, RowProblem? Problem, ConversationTurn? Turn = null);
