using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <content>Reads rows that already have an answer.</content>
internal sealed partial class SampleReader
{
    /// <summary>
    /// Reads what an answer is compared with: id, references and tags, as <see cref="Read"/> reads them. Input and choices are not read,
    /// because no model is asked.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="offset">What takes the place of an id that is absent.</param>
    /// <param name="sample">The sample; null when there is a problem.</param>
    /// <returns>Why the row is no sample; null when it is one.</returns>
    public RowProblem? ReadExpected(JsonElement row, long offset, out Sample? sample)
    {
        sample = null;
        var fields = new RowFields(row, _emptyIsMissing);
        if (ReadId(fields, offset, out var id) is { } idProblem)
        {
            return idProblem;
        }

        if (ReadReferences(fields, turns: null, takesUsualNames: false, out var references) is { } referenceProblem)
        {
            return referenceProblem;
        }

        if (ReadTags(fields, out var tags) is { } tagsProblem)
        {
            return tagsProblem;
        }

        sample = new Sample
        {
            Id = id,
            Offset = offset,
            References = references,
            Tags = tags,
        };
        return null;
    }
}
