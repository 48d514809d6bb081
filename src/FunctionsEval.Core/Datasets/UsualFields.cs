namespace FunctionsEval.Core.Datasets;

/// <summary>
/// The names that datasets on Hugging Face have in common. They are taken only where no other name says what a field is, and only where
/// the row has one of them: a question beside a passage is not the whole prompt.
/// </summary>
internal static class UsualFields
{
    private static readonly string[] Inputs = ["question", "query", "document", "article", "dialogue", "sentence"];

    /// <summary>What belongs into a prompt beside an input, or instead of it.</summary>
    private static readonly string[] InputParts =
    [
        "context",
        "contexts",
        "passage",
        "passages",
        "paragraph",
        "story",
        "premise",
        "hypothesis",
        "sentence1",
        "sentence2",
        "question1",
        "question2",
        "instruction",
        "instructions",
        "messages",
        "conversations",
    ];

    private static readonly string[] References = ["answer", "response", "target", "summary", "highlights", "ground_truth"];

    /// <summary>Other texts that may be meant.</summary>
    private static readonly string[] ReferenceRivals = ["answers", "chosen", "rejected", "preferred_output", "reference_tool_calls"];

    /// <summary>Whether a field of this name belongs into a prompt beside others.</summary>
    /// <param name="name">The field.</param>
    public static bool IsInputPart(string name) => InputParts.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The field that is the input; null where there is none, or more that may be part of it.</summary>
    /// <param name="has">Whether the row has a field of a name.</param>
    public static string? FindInput(Func<string, bool> has) => FindOnly(Inputs, InputParts, has);

    /// <summary>The field that is the reference; null where there is none, or more that may be.</summary>
    /// <param name="has">Whether the row has a field of a name.</param>
    public static string? FindReference(Func<string, bool> has) => FindOnly(References, ReferenceRivals, has);

    private static string? FindOnly(string[] names, string[] others, Func<string, bool> has)
    {
        string[] found = [.. names.Concat(others).Where(has)];
        return found.Length == 1 && names.Contains(found[0], StringComparer.Ordinal) ? found[0] : null;
    }
}
