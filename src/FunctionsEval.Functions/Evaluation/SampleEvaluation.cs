using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>What evaluating one sample came to.</summary>
internal abstract record SampleEvaluation
{
    private SampleEvaluation() { }

    /// <summary>The row with what was paid for the sample; null for nothing.</summary>
    public abstract EvaluatedSample? Paid { get; }

    /// <summary>The sample has its outcome.</summary>
    public sealed record Done(EvaluatedSample Row) : SampleEvaluation
    {
        public override EvaluatedSample Paid => Row;
    }

    /// <summary>The sample has no outcome yet: the shard must stop for the reason given. What is paid for so far comes with it.</summary>
    public sealed record Interrupted(ShardReport Report, EvaluatedSample? PaidSoFar = null) : SampleEvaluation
    {
        public override EvaluatedSample? Paid => PaidSoFar;
    }
}
