namespace FunctionsEval.Core.Datasets;

/// <summary>A trained turn of a conversation, which is a sample of its own.</summary>
/// <param name="Place">Which turn of which row.</param>
/// <param name="Before">The turns before it, as the row writes them.</param>
/// <param name="Reference">What it expects the model to write.</param>
/// <param name="RowInput">The last user turn before the row's last trained turn.</param>
internal sealed record TrainedTurn(ConversationTurn Place, List<ChatTurns.Turn> Before, ReferenceTurn Reference, string RowInput);
