using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds a sample's input in the fields of a row; docs/datasets.md states the shapes.</summary>
internal sealed class InputReader(DatasetReadOptions options, ColumnSpec columns)
{
    /// <summary>Fields looked up for the input, in this order, when <see cref="ColumnSpec.Input"/> names none.</summary>
    public static readonly IReadOnlyList<string> Names = ["input", "prompt", "text"];

    /// <summary>Finds the input.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="turns">The turns before the reference, which hold the input; null where they are still to be found.</param>
    /// <param name="input">The input as one text.</param>
    public RowProblem? Read(RowFields fields, ref List<ChatTurns.Turn>? turns, out string input)
    {
        input = "";
        if (turns is null && options.Columns.Input is null && options.JoinInstruction && InstructionReader.IsIn(fields))
        {
            if (InstructionReader.Read(fields, out var joined, out turns) is { } problem)
            {
                return problem;
            }

            if (joined is not null)
            {
                input = joined;
                return null;
            }
        }

        if (turns is null)
        {
            var names = columns.Input is { } column ? [column] : Names;
            if (fields.TryFindFirst(names, out var name, out var value) || TryFindUsualInput(fields, out name, out value))
            {
                if (value.ValueKind == JsonValueKind.Array)
                {
                    if (ChatTurns.Read(value, name, out turns) is { } turnsProblem)
                    {
                        return turnsProblem;
                    }

                    ConversationReader.RemoveAnswer(turns);
                }
                else if (!JsonText.TryRead(value, out input))
                {
                    return SampleReader.WrongType(name, "a string or a list of turns", value);
                }
            }

            if (turns is null)
            {
                return options.RequireInput && string.IsNullOrWhiteSpace(input)
                    ? new RowProblem(MalformedReasons.MissingInput, $"There is no input: {string.Join(", ", names)} absent or empty.")
                    : null;
            }
        }

        input = turns.FindLast(turn => turn.Message.Role == "user")?.Message.Content ?? "";
        return options.RequireInput && turns.Count == 0
            ? new RowProblem(MalformedReasons.MissingInput, "There is no turn before the reference.")
            : null;
    }

    private bool TryFindUsualInput(RowFields fields, out string name, out JsonElement value)
    {
        // A user template decides itself what the prompt consists of.
        var usual = columns.Input is null && options.RequireInput ? UsualFields.FindInput(field => fields.TryFind(field, out _)) : null;
        name = usual ?? "";
        value = default;
        return usual is not null && fields.TryFind(usual, out value);
    }
}
