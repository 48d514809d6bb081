using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <content>Reads each trained turn of a conversation as a sample.</content>
internal sealed partial class SampleReader
{
    /// <summary>The turn that is read; null for the row as a whole.</summary>
    private readonly TrainedTurn? _turn;

    private SampleReader(SampleReader ofRow, TrainedTurn turn)
        : this(ofRow._options, ofRow._columns) => _turn = turn;

    /// <summary>Reads all samples of a row: one, or one for each trained turn where the options ask for them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="offset">Byte offset of its first byte, which is the id of a row without one.</param>
    /// <returns>
    /// At least one reading, in the order of the turns. A turn that is no sample does not keep the others from being one.
    /// </returns>
    public IEnumerable<SampleReading> ReadAll(JsonElement row, long offset)
    {
        if (_options.Turns == TurnSelection.All)
        {
            return ReadTurns(row, offset);
        }

        var problem = Read(row, offset, out var sample);
        return [new SampleReading(sample, problem)];
    }

    private IEnumerable<SampleReading> ReadTurns(JsonElement row, long offset)
    {
        var fields = new RowFields(row, _emptyIsMissing);
        var problem = ReadId(fields, offset, out var id);
        TrainedTurns? trained = null;
        problem ??= _conversations.ReadTrained(fields, out trained);
        if (problem is not null)
        {
            yield return new SampleReading(null, problem);
            yield break;
        }

        for (var index = 0; index < trained!.Count; index++)
        {
            var turn = trained.At(index, id);
            problem = new SampleReader(this, turn).Read(row, offset, out var sample);
            yield return new SampleReading(sample, problem, turn.Place);
        }
    }
}
