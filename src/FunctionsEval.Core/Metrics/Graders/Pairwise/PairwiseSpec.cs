using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Graders.Pairwise;

/// <summary>Asks a model which of two answers to a sample is better, in one order of the two.</summary>
public sealed record PairwiseSpec : JudgeSpec
{
    /// <summary>The label of the answer that is shown first.</summary>
    public const string First = "A";

    /// <summary>The label of the answer that is shown second.</summary>
    public const string Second = "B";

    /// <summary>The label of two answers of which neither is better.</summary>
    public const string Tie = "tie";

    /// <summary>Creates the spec.</summary>
    /// <param name="name">Name under which the grade is kept.</param>
    /// <param name="model">Name of a configured model.</param>
    public PairwiseSpec(string name, string model)
        : base(name, model) => Labels = [First, Second, Tie];

    /// <summary>
    /// Liquid template of the judge's prompt: the row's fields, <c>input</c>, <c>conversation</c>, <c>answer_a</c> and <c>answer_b</c>.
    /// </summary>
    public required string Rubric { get; init; }

    /// <summary>The metric's name with its prefix, for messages.</summary>
    public required string Metric { get; init; }

    /// <summary>What the answer is compared with.</summary>
    public required PairwiseOpponent Against { get; init; }

    /// <summary>Whether the answer is shown first, before the one that it is compared with.</summary>
    public required bool ShowsAnswerFirst { get; init; }

    /// <summary>The two answers in the order in which the judge is shown them.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="other">The one that it is compared with.</param>
    public (string First, string Second) InOrder(string answer, string other) => ShowsAnswerFirst ? (answer, other) : (other, answer);

    /// <summary>The lengths of two answers.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="other">The one that it is compared with.</param>
    public static ComparedLengths LengthsOf(string answer, string other)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(other);
        return new ComparedLengths(PythonText.CodePoints(answer).Length, PythonText.CodePoints(other).Length);
    }

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) =>
        grade.Lengths is { } lengths && Math.Min(lengths.Answer, lengths.Other) < 0
            ? "must have lengths of 0 or more."
            : base.FindMisfit(grade);

    /// <summary>How a grade's label stands to the answer: 1 where the judge prefers it, −1 the other, 0 neither.</summary>
    internal int PreferenceIn(Grade grade) =>
        grade.Label == Tie ? 0
        : grade.Label == First == ShowsAnswerFirst ? 1
        : -1;
}
