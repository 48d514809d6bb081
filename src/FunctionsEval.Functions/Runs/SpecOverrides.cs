using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.Runs;

/// <summary>What a request says in place of the spec.</summary>
internal sealed record SpecOverrides
{
    /// <summary>The only model under test, in place of the spec's model and candidates; null for those.</summary>
    public string? Model { get; init; }

    /// <summary>The model it is compared with; null for the spec's.</summary>
    public string? Baseline { get; init; }

    /// <summary>The spec with what is said here.</summary>
    /// <exception cref="SpecException">The result is no spec.</exception>
    public EvaluationSpec Apply(EvaluationSpec spec, string specName)
    {
        if (this == new SpecOverrides())
        {
            return spec;
        }

        var changed = (Model is null ? spec : spec.WithCandidates([Model])) with { Baseline = Baseline ?? spec.Baseline };
        // Read again, so that nothing is evaluated that could not be written as a spec.
        var read = SpecReader.Read(SpecReader.Canonical(changed), specName);
        return read with { OnFineTune = spec.OnFineTune, Suite = spec.Suite };
    }
}
