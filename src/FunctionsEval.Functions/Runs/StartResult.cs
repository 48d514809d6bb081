using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>The result of a start request.</summary>
internal abstract record StartResult
{
    private StartResult() { }

    /// <summary>The run exists; <paramref name="New"/> when this request made it.</summary>
    public sealed record Accepted(string RunId, bool New) : StartResult
    {
        /// <summary>Whether the run's notification will carry the request's context; null for a request without one.</summary>
        public bool? ContextKept { get; init; }
    }

    /// <summary>
    /// The run that the request asks for, before anything is written. <paramref name="Existing"/> is the run that evaluates the same bytes
    /// by the same spec; null for none.
    /// </summary>
    public sealed record Prepared(Run Run, EvaluationSpec Spec, string? Existing) : StartResult;

    /// <summary>The request cannot become an evaluation. <paramref name="Run"/> is what a failed run is recorded with.</summary>
    public sealed record Refused(RunFailure Failure, Run Run) : StartResult;

    /// <summary>There is no such dataset, or the blob is not one.</summary>
    public sealed record NoDataset(string Code, string Message) : StartResult;

    /// <summary>The blob is the training file that <paramref name="Spec"/> names: it is never evaluated.</summary>
    public sealed record TrainingFile(string Spec) : StartResult
    {
        public string Message => $"it is the training file of {StorageNames.Datasets}/{Spec}.";
    }
}
