namespace FunctionsEval.Core.Scoring;

/// <summary>The roles a model can have in a run.</summary>
public static class Roles
{
    /// <summary>The model under test.</summary>
    public const string Candidate = "candidate";

    /// <summary>The model it is compared with.</summary>
    public const string Baseline = "baseline";
}
