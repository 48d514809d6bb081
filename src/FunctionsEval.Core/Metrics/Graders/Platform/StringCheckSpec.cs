using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>How a <c>string_check</c> compares its texts.</summary>
public enum StringOperation
{
    /// <summary>They are equal.</summary>
    Equal,

    /// <summary>They are not equal.</summary>
    NotEqual,

    /// <summary>The input contains the reference.</summary>
    Like,

    /// <summary>The same, whatever the letter case.</summary>
    LikeIgnoringCase,
}

/// <summary>A <c>string_check</c>: 1 where a comparison of two texts holds, else 0. White space counts.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Operation">The comparison.</param>
public sealed record StringCheckSpec(string Name, ComparedTexts Texts, StringOperation Operation) : TextGraderSpec(Name, Texts)
{
    /// <inheritdoc/>
    public override double? Score(string input, string reference) =>
        Operation switch
        {
            StringOperation.Equal => input == reference,
            StringOperation.NotEqual => input != reference,
            StringOperation.Like => input.Contains(reference, StringComparison.Ordinal),
            _ => PythonText.Lower(input).Contains(PythonText.Lower(reference), StringComparison.Ordinal),
        }
            ? 1
            : 0;
}
