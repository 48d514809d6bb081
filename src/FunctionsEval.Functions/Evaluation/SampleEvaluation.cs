using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The result of evaluating one sample.</summary>
internal abstract record SampleEvaluation
{
    private SampleEvaluation() { }

    /// <summary>The row with the paid part of the sample; null for none.</summary>
    public abstract EvaluatedSample? Paid { get; }

    /// <summary>The sample has its outcome.</summary>
    public sealed record Done(EvaluatedSample Row) : SampleEvaluation
    {
        public override EvaluatedSample Paid => Row;
    }

    /// <summary>The sample has no outcome yet: the shard must stop for the given reason. It includes what is paid for so far.</summary>
    public sealed record Interrupted(ShardReport Report, EvaluatedSample? PaidSoFar = null) : SampleEvaluation
    {
        public override EvaluatedSample? Paid => PaidSoFar;
    }
}
