using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Predictions;

/// <summary>Reads what an answer is compared with: id, references and tags of a line, as a dataset's rows have them.</summary>
/// <param name="options">How the spec reads rows.</param>
/// <param name="references">Fields looked up for the reference, in this order.</param>
/// <param name="tags">Fields that become tags.</param>
internal sealed class ExpectedReader(DatasetReadOptions options, IEnumerable<string> references, IReadOnlyList<string> tags)
{
    private readonly Dictionary<string, SampleReader> _readers = references
        .Append(ReferenceReader.SquadAnswers)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(
            name => name,
            name => new SampleReader(options, new ColumnSpec { Reference = name, Tags = tags }),
            StringComparer.Ordinal
        );

    /// <summary>Fields looked up for the reference, in this order.</summary>
    public IReadOnlyList<string> Names { get; } = [.. references.Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a line; neither a problem nor a sample where there is no reference and one is needed.</summary>
    public (RowProblem? Problem, Sample? Expected) Read(JsonElement row, int line)
    {
        var fields = new RowFields(row, emptyIsMissing: false);
        if (!fields.TryFindFirst(Names, out var name, out _) && !ReferenceReader.TryFindSquadAnswers(fields, out name, out _))
        {
            if (options.RequireReference)
            {
                return default;
            }

            name = Names[0];
        }

        var problem = _readers[name].ReadExpected(row, line, out var expected);
        return (problem, expected);
    }
}
