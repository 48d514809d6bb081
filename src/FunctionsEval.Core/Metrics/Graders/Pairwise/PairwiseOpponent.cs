namespace FunctionsEval.Core.Metrics.Graders.Pairwise;

/// <summary>What an answer is compared with in a pair.</summary>
public enum PairwiseOpponent
{
    /// <summary>The canonical reference: of a pair of answers (DPO) the preferred one.</summary>
    Reference,

    /// <summary>The baseline's answer to the same sample.</summary>
    Baseline,
}
