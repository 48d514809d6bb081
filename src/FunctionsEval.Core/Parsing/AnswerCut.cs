namespace FunctionsEval.Core.Parsing;

/// <summary>Why an answer ends before the model was done.</summary>
public enum AnswerCut
{
    /// <summary>The answer is complete, as far as is known.</summary>
    None,

    /// <summary>The answer reached the maximum number of tokens (<c>sampling.maxOutputTokens</c>).</summary>
    MaxOutputTokens,

    /// <summary>Prompt and answer fill the model's context before the answer reached the maximum number of tokens.</summary>
    Context,
}
