using System.Text.Json;

namespace FunctionsEval.Core.Import;

/// <summary>The findings of an import: all problems at once, or the notes.</summary>
internal sealed class ImportFindings
{
    private readonly List<string> _notes = [];
    private readonly List<string> _problems = [];

    /// <summary>What differs, what is not imported, and what is left to do.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adds a note, once.</summary>
    public void Note(string note)
    {
        if (!_notes.Contains(note, StringComparer.Ordinal))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Adds a problem that prevents the import.</summary>
    public void Refuse(string problem) => _problems.Add(problem);

    /// <summary>Notes the members of an object that nothing has read.</summary>
    /// <param name="from">The object.</param>
    /// <param name="place">What it is, for the note.</param>
    /// <param name="known">The members that are read, or say nothing.</param>
    public void NoteOthers(SavedObject from, string place, params ReadOnlySpan<string> known)
    {
        foreach (var name in from.Names)
        {
            if (!known.Contains(name) && from.Find(name) is { } value && !IsEmpty(value))
            {
                Note($"{place}.{name} is not imported.");
            }
        }
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            JsonValueKind.Array => value.GetArrayLength() == 0,
            _ => false,
        };

    /// <summary>Ends the import if there is a problem.</summary>
    /// <exception cref="ImportException">Something does.</exception>
    public void ThrowIfRefused()
    {
        if (_problems.Count > 0)
        {
            throw new ImportException(
                "The eval cannot be imported:\n"
                    + string.Join('\n', _problems.Distinct(StringComparer.Ordinal).Select(problem => "- " + problem))
            );
        }
    }
}
