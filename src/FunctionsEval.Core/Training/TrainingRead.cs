using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Training;

/// <summary>
/// What is read of a training file, row by row: the index by which samples are found in it, and the examples in the prompt.
/// </summary>
public sealed class TrainingRead
{
    private readonly FewShotSelection? _selection;

    /// <summary>Creates a reading of no rows.</summary>
    /// <param name="length">Bytes of the file's text.</param>
    /// <param name="fewShot">Which examples are wanted; null for none.</param>
    public TrainingRead(long length, FewShotSpec? fewShot)
    {
        Index = TrainingIndex.Create(length);
        _selection = fewShot is null ? null : new FewShotSelection(fewShot.Count, fewShot.Seed);
    }

    /// <summary>The rows, to be looked for samples in.</summary>
    public TrainingIndex Index { get; }

    /// <summary>Rows that were read.</summary>
    public int Rows { get; private set; }

    /// <summary>Those of them that are no sample.</summary>
    public int Unread { get; private set; }

    /// <summary>The first that is no sample; null for none.</summary>
    public MalformedRow? FirstUnread { get; private set; }

    /// <summary>How the rows of a training file are read.</summary>
    /// <param name="spec">The spec that names it.</param>
    /// <param name="format">How its rows are written.</param>
    public static DatasetReadOptions OptionsOf(EvaluationSpec spec, DatasetFormat format)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var options = spec.ReadOptions(format);
        // An example ends with its answer, whether or not the samples have one.
        // A row is one row here, whichever of its turns the samples are.
        return options with
        {
            Turns = TurnSelection.Last,
            RequireReference = options.RequireReference || spec.Prompt.FewShot is not null,
        };
    }

    /// <summary>Adds a row.</summary>
    /// <param name="row">The row.</param>
    public void Add(DatasetRow row)
    {
        Rows++;
        if (row is not ValidRow { Sample: var sample })
        {
            Unread++;
            FirstUnread ??= row as MalformedRow;
            return;
        }

        Index.Add(sample);
        _selection?.Add(sample);
    }

    /// <summary>The turns of the chosen examples.</summary>
    /// <param name="renderer">Makes them.</param>
    /// <exception cref="PromptException">A row does not fit the prompt.</exception>
    public List<ChatMessage> RenderExamples(PromptRenderer renderer)
    {
        ArgumentNullException.ThrowIfNull(renderer);
        return [.. (_selection?.Chosen ?? []).SelectMany(renderer.RenderExample)];
    }
}
