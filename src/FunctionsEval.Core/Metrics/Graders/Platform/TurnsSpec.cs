using System.Globalization;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>A judge with the turns of a platform's model grader.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model.</param>
public sealed record TurnsSpec(string Name, string Model) : JudgeSpec(Name, Model)
{
    /// <summary>The turns; at least one.</summary>
    public required IReadOnlyList<GraderTurn> Turns { get; init; }

    /// <summary>Temperature; null is not sent. Default 0.</summary>
    public double? Temperature { get; init; } = 0;

    /// <summary>Nucleus sampling mass; null is not sent.</summary>
    public double? TopP { get; init; }

    /// <summary>Seed; null is not sent.</summary>
    public long? Seed { get; init; }

    /// <summary>How often the turns have something of the answer.</summary>
    public int AnswerUses => Turns.Sum(turn => turn.Content.AnswerUses);

    /// <summary>
    /// The turns for an answer. The last one ends with how to reply: the platforms ask for structured output instead, which not every
    /// endpoint has.
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <exception cref="MissingVariableException">There is no such variable.</exception>
    /// <exception cref="Prompts.PromptException">A text becomes too long.</exception>
    public IReadOnlyList<ChatMessage> Render(GradedAnswer answer) => Render(turn => turn.Render(answer));

    /// <summary>The turns before there is an answer: what is not known is left out.</summary>
    /// <param name="row">The row with an empty answer.</param>
    public IReadOnlyList<ChatMessage> RenderRow(GradedAnswer row) => Render(turn => turn.RenderRow(row));

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) =>
        grade.Reason?.StartsWith(GradeReasons.MissingInAnswer, StringComparison.Ordinal) == true ? null : base.FindMisfit(grade);

    private ChatMessage[] Render(Func<GraderTemplate, string> render) =>
        [
            .. Turns.Select(
                (turn, index) =>
                    new ChatMessage(turn.Role, index < Turns.Count - 1 ? render(turn.Content) : $"{render(turn.Content)}\n\n{Reply()}")
            ),
        ];

    private string Reply() =>
        Labels.Count > 0
            ? $$"""Reply with {"label": "…"} and nothing else. The label is one of: {{string.Join(", ", Labels)}}."""
            : string.Create(
                CultureInfo.InvariantCulture,
                $$"""Reply with {"score": …} and nothing else. The score is a number from {{Lowest}} to {{Highest}}."""
            );
}
