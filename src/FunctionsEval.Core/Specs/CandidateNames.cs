namespace FunctionsEval.Core.Specs;

/// <summary>The names of the models under test of one run.</summary>
public static class CandidateNames
{
    /// <summary>Candidates that a run may have.</summary>
    public const int MaxTogether = 20;

    /// <summary>Names that the field <c>candidates</c> may list: as many, and each once more.</summary>
    public const int MaxListed = 2 * MaxTogether;

    /// <summary>
    /// Joins names that differ in letter case alone, as the app's configuration does: the first of each stays, in its place.
    /// </summary>
    /// <param name="names">The names.</param>
    public static IReadOnlyList<string> Join(IEnumerable<string> names) => [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
}
