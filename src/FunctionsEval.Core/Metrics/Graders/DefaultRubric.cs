namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>The rubric of a judge whose spec has none: agreement with the reference.</summary>
internal static class DefaultRubric
{
    /// <summary>The Liquid template.</summary>
    /// <param name="labels">The labels; empty for a score.</param>
    /// <param name="scale">Lowest and highest score; null with labels.</param>
    public static string Create(IReadOnlyList<string> labels, IReadOnlyList<double>? scale)
    {
        var reply = scale is null
            ? $$"""{"label": "…"} with one of these labels: {{string.Join(", ", labels)}}"""
            : FormattableString.Invariant(
                $$"""{"score": …} with a number from {{scale[0]}} (useless) to {{scale[1]}} (as good as the reference)"""
            );
        return $$$"""
            Judge whether an answer says the same as a reference answer. Length and style do not matter, and what the reference does not say is no merit.

            Question:
            {{ input }}

            Reference answer:
            {{ reference }}

            Answer to judge:
            {{ answer }}

            Reply with one JSON object and nothing else: {{{reply}}}.
            """;
    }
}
