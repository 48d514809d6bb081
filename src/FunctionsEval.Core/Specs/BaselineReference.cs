namespace FunctionsEval.Core.Specs;

/// <summary>
/// Whose answers a spec's <c>baseline</c> means: those of a model that is called, or those of an earlier run, which are read and not asked
/// for again.
/// </summary>
public abstract record BaselineReference
{
    /// <summary>What a baseline begins with that is a run and no model.</summary>
    public const string Prefix = "run:";

    private const string Latest = "latest";

    private BaselineReference() { }

    /// <summary>A configured model, which is called.</summary>
    /// <param name="Name">Its name.</param>
    public sealed record CalledModel(string Name) : BaselineReference;

    /// <summary>A run: <c>run:ev-…</c>.</summary>
    /// <param name="RunId">Its id.</param>
    public sealed record StoredRun(string RunId) : BaselineReference
    {
        /// <summary>The reference as a spec has it.</summary>
        public override string ToString() => Prefix + RunId;
    }

    /// <summary>The latest run of the same dataset version: <c>run:latest</c>, or <c>run:latest:MODEL</c>.</summary>
    /// <param name="Model">Whose run; null for the latest of any model but the one under test.</param>
    public sealed record LatestRun(string? Model) : BaselineReference
    {
        /// <summary>The reference as a spec has it.</summary>
        public override string ToString() => Model is null ? Prefix + Latest : $"{Prefix}{Latest}:{Model}";
    }

    /// <summary>Reads a spec's baseline; null for a spec without one.</summary>
    /// <param name="baseline">The text, in the form that <see cref="FindProblem"/> accepts.</param>
    public static BaselineReference? From(string? baseline)
    {
        if (baseline?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return baseline is null ? null : new CalledModel(baseline);
        }

        var run = baseline[Prefix.Length..];
        return run == Latest ? new LatestRun(Model: null)
            : run.StartsWith(Latest + ":", StringComparison.Ordinal) ? new LatestRun(run[(Latest.Length + 1)..])
            : new StoredRun(run);
    }

    /// <summary>What is wrong with a spec's baseline, as the end of a sentence; null for nothing.</summary>
    /// <param name="baseline">The text; null for none.</param>
    public static string? FindProblem(string? baseline) =>
        From(baseline) is StoredRun { RunId: var run } && !RunId.IsValid(run)
        || From(baseline) is LatestRun { Model: { } model } && string.IsNullOrWhiteSpace(model)
            ? "begins with 'run:' and names no run: write run:latest, run:latest:MODEL, run:ev-… with the id of a run, or the name of a model."
            : null;
}
