namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>Codes that the reasons of grades begin with.</summary>
public static class GradeReasons
{
    /// <summary>The answer does not have what the grader looks at: it gets the lowest score, as an answer that is wrong.</summary>
    public const string MissingInAnswer = "missing_in_answer";

    /// <summary>The row does not have what the grader looks at: there is no grade.</summary>
    public const string MissingInRow = "missing_in_row";

    /// <summary>The baseline has no answer to the sample that this one could be compared with: there is no grade.</summary>
    public const string BaselineUnanswered = "baseline_unanswered";

    /// <summary>The texts are too long to be compared: there is no grade.</summary>
    public const string TooLong = "too_long";
}
