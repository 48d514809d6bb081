using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Probing;

/// <summary>A question by which a probe finds out whether an endpoint has a feature.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Write">Writes the request, given how many tokens an answer may have.</param>
/// <param name="Read">What an answer shows: of the feature, and of others that it tells something about.</param>
internal sealed record ProbeQuestion(
    ProbeFeature Feature,
    Func<int, ModelRequest> Write,
    Func<Completion, IReadOnlyList<ProbeFinding>> Read
)
{
    /// <summary>The word in <see cref="Completion.LeftOut"/> that says that the endpoint does not take it; null for none.</summary>
    public string? LeftOutAs { get; init; }

    /// <summary>What follows where the endpoint does not take it. Default: it is missing.</summary>
    public Func<ProbeFinding>? IfLeftOut { get; init; }

    /// <summary>What is said of it without asking, where a model's protocol has no such thing; null where it is asked.</summary>
    public Func<ModelOptions, ProbeFinding?> Skip { get; init; } = _ => null;

    /// <summary>What two answers to the same request show; null where it is asked once.</summary>
    public Func<Completion, Completion, ProbeFinding>? Compare { get; init; }
}
