using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Tasks.Regression;

/// <summary>A row whose reference is one number, written plainly or as an answer is.</summary>
/// <param name="value">Reads numbers.</param>
/// <param name="parser">Reads texts as answers.</param>
internal sealed class NumberShape(NumberValue value, AnswerParser parser) : SampleShape
{
    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (references.Count > 1)
        {
            return new RowProblem(
                MalformedReasons.WrongType,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} has {references.Count} references; regression takes exactly one number."
                )
            );
        }

        var read = value.ReadPlain(references[0]);
        if ((read is Parsed ? read : parser.Parse(references[0])) is Parsed number)
        {
            references = [number.Value];
            return null;
        }

        return new RowProblem(
            MalformedReasons.WrongType,
            read is Unparsable { Reason: UnparsableReasons.NumberOutOfRange }
                ? $"{name} is beyond ±1e12, the largest number that sums keep exactly. Divide the numbers, for example by a million."
                : $"{name} must be one number in the notation that parsing.number states."
        );
    }
}
