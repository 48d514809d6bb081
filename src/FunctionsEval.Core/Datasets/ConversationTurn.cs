using System.Globalization;

namespace FunctionsEval.Core.Datasets;

/// <summary>Which turn of a conversation a sample is, where each trained turn is one (<see cref="TurnSelection.All"/>).</summary>
/// <param name="RowId">The id of the row: its own, or its byte offset where it has none.</param>
/// <param name="Number">Which of the row's trained turns, from 1.</param>
/// <param name="Count">The row's trained turns.</param>
public sealed record ConversationTurn(string RowId, int Number, int Count)
{
    /// <summary>Maximum number of turns, of whatever role, of a conversation whose trained turns are samples: 1,024.</summary>
    public const int MaxTurns = 1_024;

    /// <summary>The id of the sample: <c>row#2</c>.</summary>
    public string SampleId => RowId + Suffix(Number);

    /// <summary>Whether an id is that of a row's turn.</summary>
    /// <param name="sampleId">The id.</param>
    /// <param name="number">Which turn, from 1.</param>
    public static bool IsIdOf(string sampleId, int number)
    {
        ArgumentNullException.ThrowIfNull(sampleId);
        return sampleId.EndsWith(Suffix(number), StringComparison.Ordinal);
    }

    /// <summary>The id of the row that a sample is of.</summary>
    /// <param name="sampleId">The sample's id.</param>
    /// <param name="number">Which of the row's turns it is, from 1; 0 for a sample that is the whole row.</param>
    public static string RowIdOf(string sampleId, int number)
    {
        ArgumentNullException.ThrowIfNull(sampleId);
        return number > 0 && IsIdOf(sampleId, number) ? sampleId[..^Suffix(number).Length] : sampleId;
    }

    private static string Suffix(int number) => string.Create(CultureInfo.InvariantCulture, $"#{number}");
}
