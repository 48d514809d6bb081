using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.MultipleChoice;

/// <summary>A row that is a question with choices, one or several of them right.</summary>
internal sealed class QuestionShape : SampleShape
{
    public override IReadOnlyList<string> ReferenceNames => ChoiceReader.GoldNames;

    internal override RowProblem? Read(SampleReader reader, RowFields fields, out SampleParts parts)
    {
        parts = new SampleParts();
        List<ChatTurns.Turn>? turns = null;
        if (reader.ReadInput(fields, ref turns, out var input) is { } inputProblem)
        {
            return inputProblem;
        }

        if (reader.ReadTools(fields, isChat: turns is not null, out _) is { } toolProblem)
        {
            return toolProblem;
        }

        if (turns?.Exists(turn => !turn.Message.IsText) == true)
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                "The question has images or calls of tools, beside which choices cannot be scored; use the task classification."
            );
        }

        if (ChoiceReader.Read(fields, reader.Columns.Reference?.Name, out var choices, out var gold) is { } choicesProblem)
        {
            return choicesProblem;
        }

        parts = new SampleParts
        {
            Messages = turns is null ? [] : [.. turns.Select(turn => turn.Message)],
            Input = input,
            References = [.. gold.Select(index => choices[index])],
            Choices = choices,
            GoldChoices = gold,
        };
        return null;
    }
}
