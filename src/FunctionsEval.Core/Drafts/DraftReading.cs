using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Drafts;

/// <summary>A way in which rows may be read.</summary>
/// <param name="Columns">The fields that are named.</param>
/// <param name="User">The template of the user turn, where the prompt is made of several fields; null for the row's own input.</param>
internal sealed partial record DraftReading(ColumnSpec Columns, string? User)
{
    /// <summary>The ways to try: parts of a prompt where rows have some, then the usual names, then guessed ones.</summary>
    public static IReadOnlyList<DraftReading> All(RowProfile rows, ColumnGuess guess)
    {
        List<DraftReading> readings = [];
        if (TemplateOf(rows, guess) is { } template)
        {
            readings.Add(new DraftReading(new ColumnSpec(), template));
            readings.Add(new DraftReading(new ColumnSpec { Reference = guess.Reference }, template));
        }

        readings.Add(new DraftReading(new ColumnSpec(), User: null));
        if (guess.Reference is not null || guess.Input is not null)
        {
            readings.Add(new DraftReading(new ColumnSpec { Reference = guess.Reference, Input = guess.Input }, User: null));
            // A conversation, or a field with a usual name, is the input.
            readings.Add(new DraftReading(new ColumnSpec { Reference = guess.Reference }, User: null));
            readings.Add(new DraftReading(new ColumnSpec { Input = guess.Input }, User: null));
        }

        return readings;
    }

    /// <summary>The prompt of rows whose question stands beside a passage, a premise beside a hypothesis; null for others.</summary>
    private static string? TemplateOf(RowProfile rows, ColumnGuess guess)
    {
        string[] others = ["id", "title", guess.Reference ?? "", guess.FindId() ?? ""];
        List<FieldProfile> texts =
        [
            .. rows.Fields.Where(field =>
                field.IsScalar
                && rows.Has(field.Name)
                && !others.Contains(field.Name, StringComparer.Ordinal)
                && (UsualFields.IsInputPart(field.Name) || UsualFields.FindInput(name => name == field.Name) is not null)
            ),
        ];
        return
            texts.Count < 2
            || !texts.Exists(field => UsualFields.IsInputPart(field.Name))
            || texts.Exists(field => field.Name.StartsWith("instruction", StringComparison.Ordinal))
            || InputReader.Names.Any(rows.Has)
            ? null
            : string.Join("\n\n", texts.Select(field => VariableOf(field.Name)));
    }

    private static string VariableOf(string name) =>
        Identifier().IsMatch(name) ? $"{{{{ {name} }}}}" : $"{{{{ row[\"{name.Replace("\"", "", StringComparison.Ordinal)}\"] }}}}";

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Identifier();
}
