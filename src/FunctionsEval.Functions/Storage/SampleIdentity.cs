using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>The identity by which a sample is found in another version of its dataset.</summary>
/// <param name="Id">XXH64 of the row's own id; 0 for a row without one, which is known by its content alone.</param>
/// <param name="Content">What it asks and expects (<see cref="Core.Prompts.SampleContent"/>).</param>
internal readonly record struct SampleIdentity(ulong Id, ulong Content)
{
    /// <summary>The identity of a logged sample; null for a row that is no sample, and in logs from before the content was kept.</summary>
    public static SampleIdentity? From(EvaluatedSample row) => From(row.Id, row.Offset, row.Content, row.Turn);

    /// <summary>The identity of a sample by its parts. A row's id that is its offset stands for none.</summary>
    public static SampleIdentity? From(string id, long offset, string? content, int turn) =>
        content is null
            ? null
            : new SampleIdentity(
                ConversationTurn.RowIdOf(id, turn) == offset.ToString(CultureInfo.InvariantCulture) ? 0 : Scoreboard.SampleKey(id),
                ulong.Parse(content, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            );
}
