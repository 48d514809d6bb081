namespace FunctionsEval.Functions.Storage;

/// <summary>What the runs of a dataset's version say of it.</summary>
internal enum VersionRuns
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>
    /// Each was refused: it failed before anything of it was planned, because its spec is missing, cannot be read, or names what is not
    /// configured. Nothing was paid.
    /// </summary>
    Refused,

    /// <summary>Each failed, and not each was refused.</summary>
    Failed,

    /// <summary>One has not failed.</summary>
    Evaluated,
}
