namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>What is computed of the samples in order of their scores.</summary>
public enum RankingCurve
{
    /// <summary>Area under the ROC curve, ties counting half.</summary>
    RocAuc,

    /// <summary>Average precision: Σ (R_n − R_{n−1}) P_n over the distinct scores from the highest down.</summary>
    AveragePrecision,
}
