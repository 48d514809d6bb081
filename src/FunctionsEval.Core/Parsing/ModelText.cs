namespace FunctionsEval.Core.Parsing;

/// <summary>What a model wrote, with its reasoning apart from its answer.</summary>
/// <param name="Answer">What is read and measured; empty when the model only reasoned, or was cut while it did.</param>
/// <param name="Reasoning">What the model wrote for itself before or amid the answer, without its markers; null for nothing.</param>
public sealed record ModelText(string Answer, string? Reasoning)
{
    /// <summary>Whether there is reasoning and nothing else.</summary>
    public bool IsReasoningOnly => Reasoning is not null && string.IsNullOrWhiteSpace(Answer);
}
