namespace FunctionsEval.Core.Prompts;

/// <summary>Liquid templates; the row's fields are variables, <c>input</c> is the sample's input, <c>messages</c> its turns.</summary>
public sealed record PromptSpec
{
    /// <summary>The system turn; null keeps the row's own (if any).</summary>
    public string? System { get; init; }

    /// <summary>The user turn; null sends the row's own turns (or its input as one user turn).</summary>
    public string? User { get; init; }

    /// <summary>Examples from the training file that come before the sample; null for none.</summary>
    public FewShotSpec? FewShot { get; init; }
}
