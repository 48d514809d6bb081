namespace FunctionsEval.Core.Metrics.Graders.Pairwise;

/// <summary>The rubric of a judge of pairs whose spec has none.</summary>
internal static class PairwiseRubric
{
    /// <summary>The variables that a rubric must show.</summary>
    public static readonly IReadOnlyList<string> Answers = ["answer_a", "answer_b"];

    /// <summary>The Liquid template.</summary>
    public const string Default = """
        Two answers to the same conversation follow. Judge which of them is better: it does what the user asks for, it is right, and it is clear. The order and the length of the answers do not matter.

        Conversation:
        {{ conversation }}

        Answer A:
        {{ answer_a }}

        Answer B:
        {{ answer_b }}

        Reply with one JSON object and nothing else: {"label": "A"}, {"label": "B"}, or {"label": "tie"} where neither is better.
        """;
}
