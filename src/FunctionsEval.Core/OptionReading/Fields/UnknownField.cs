namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary>The message about a field that a spec does not have.</summary>
internal static class UnknownField
{
    private static readonly string[] ConnectionWords =
    [
        "endpoint",
        "key",
        "secret",
        "token",
        "url",
        "uri",
        "host",
        "deployment",
        "connection",
        "provider",
        "apiversion",
        "credential",
    ];

    /// <summary>Names the field that was probably meant, else where the settings of a model belong, else the valid fields.</summary>
    /// <param name="name">The field.</param>
    /// <param name="known">The fields that its object may have.</param>
    public static string Describe(string name, IReadOnlyList<string> known)
    {
        const string Beginning = "is not a field of a spec.";
        var nearest = NearestName.DidYouMean(name, known);
        return nearest.Length > 0 ? Beginning + nearest
            : IsOfConnection(name)
                ? $"{Beginning} A spec names a model; its endpoint, deployment and key are app settings (Models__{{name}}__…)."
            : $"{Beginning} Known here: {string.Join(", ", known)}.";
    }

    private static bool IsOfConnection(string name)
    {
        var letters = name.Replace("_", "", StringComparison.Ordinal);
        return Array.Exists(ConnectionWords, word => letters.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
