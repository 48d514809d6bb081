using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Tasks.MultiLabel;

/// <summary>
/// A row whose reference is a set of labels: a list of them, or a text that is read as answers are. Its one reference is the set's
/// canonical text.
/// </summary>
/// <param name="value">Reads sets of labels.</param>
/// <param name="parser">Reads texts as answers.</param>
internal sealed class LabelSetShape(LabelSetValue value, AnswerParser parser) : SampleShape
{
    public override IReadOnlyList<string> ReferenceNames { get; } = [.. SampleReader.ReferenceNames, "labels"];

    public override bool TakesEmptyLists => true;

    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (references is [var text])
        {
            if (text.AsSpan().Trim().IsEmpty)
            {
                return new RowProblem(
                    MalformedReasons.MissingReference,
                    $"{name} is empty. For a row without a label write an empty list, or the text that parsing.noLabel states."
                );
            }

            var read = value.Read(text);
            return Take(read is Parsed || parser.Parse(text) is not Parsed asAnswer ? read : asAnswer, ref references, name);
        }

        return Take(value.ReadList(references), ref references, name);
    }

    private static RowProblem? Take(ParseResult read, ref IReadOnlyList<string> references, string name)
    {
        if (read is Parsed set)
        {
            references = [set.Value];
            return null;
        }

        return read is Unparsable { Reason: UnparsableReasons.NotALabel }
            ? new RowProblem(
                MalformedReasons.UnknownLabel,
                $"A label in {name} is not among the spec's labels. Where a text holds several, parsing.delimiter states what separates them."
            )
            : new RowProblem(
                MalformedReasons.WrongType,
                $"{name} must be a list of labels, or a text with one a line or with parsing.delimiter between them."
            );
    }
}
