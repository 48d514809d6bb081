namespace FunctionsEval.Core.Parsing;

/// <summary>Why an answer ends before the model was done.</summary>
public enum AnswerCut
{
    /// <summary>It does not, as far as is known.</summary>
    None,

    /// <summary>It has as many tokens as were asked for at most (<c>sampling.maxOutputTokens</c>).</summary>
    MaxOutputTokens,

    /// <summary>Prompt and answer fill the model's context; fewer tokens were written than were asked for at most.</summary>
    Context,
}
