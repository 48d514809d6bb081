using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Runs;

/// <summary>What a suite run is asked for with.</summary>
/// <param name="Suite">The suite's folder.</param>
/// <param name="Source">What starts it: <c>http</c>, <c>upload</c>, <c>fine_tune</c> or <c>retirement</c>.</param>
internal sealed record SuiteStart(string Suite, string Source)
{
    /// <summary>0, or a higher number to evaluate the same datasets with the same specs once more.</summary>
    public int Attempt { get; init; }

    /// <summary>What the caller wants back with the notification of the end; null for nothing.</summary>
    public string? Context { get; init; }

    /// <summary>What holds in place of the datasets' specs.</summary>
    public SpecOverrides Overrides { get; init; } = new();

    /// <summary>The fine-tuning job whose runs it is over; null for none.</summary>
    public string? FineTuneJob { get; init; }

    /// <summary>The runs by dataset that are reserved already; null where the suite run reserves the runs itself.</summary>
    public IReadOnlyDictionary<string, string>? ReservedRuns { get; init; }

    /// <summary>Why a dataset has none of the reserved runs.</summary>
    public RunFailure? NotReserved { get; init; }

    /// <summary>How much longer than their deadlines the runs may take, because they wait for a deployment.</summary>
    public TimeSpan Patience { get; init; }
}

/// <summary>The result of asking for a suite run.</summary>
internal abstract record SuiteStartResult
{
    private SuiteStartResult() { }

    /// <summary>The suite run exists; <paramref name="New"/> when this request made it.</summary>
    public sealed record Accepted(string SuiteRunId, bool New) : SuiteStartResult
    {
        /// <summary>Whether the notification will carry the request's context; null for a request without one.</summary>
        public bool? ContextKept { get; init; }
    }

    /// <summary>There is no such suite.</summary>
    public sealed record NotFound(RunFailure Failure) : SuiteStartResult;

    /// <summary>It cannot become a suite run.</summary>
    public sealed record Refused(RunFailure Failure) : SuiteStartResult;
}
