using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Reads the rows a model was tuned on, once a run: to find samples among them, and to choose the examples in the prompt.
/// </summary>
internal sealed class TrainingFiles(DatasetStore datasets)
{
    /// <summary>Reads a training file.</summary>
    /// <param name="file">Its blob, with the container's name.</param>
    /// <param name="spec">The spec, which says how its rows are read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(TrainingFileState State, TrainingRows Rows)> ReadAsync(
        string file,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.Classify(file) is not DatasetNameKind.Dataset { Format: var format })
        {
            return Unread($"{file} is not {DatasetFormatCatalog.Names}.");
        }

        await using var content = await datasets.OpenAsync(file, cancellationToken);
        if (content is null)
        {
            return Unread($"{file} is not there.");
        }

        if (content.Length > TrainingIndex.MaxFileBytes)
        {
            return Unread($"{file} is larger than {TrainingIndex.MaxFileBytes >> 20} MiB.");
        }

        var index = TrainingIndex.Create(content.Length);
        var selection = spec.Prompt.FewShot is { } fewShot ? new FewShotSelection(fewShot.Count, fewShot.Seed) : null;
        var (rows, unread) = (0, 0);
        MalformedRow? first = null;
        try
        {
            await foreach (var row in spec.ReadOptions(format).CreateReader().ReadAsync(content, cancellationToken))
            {
                rows++;
                if (row is not ValidRow { Sample: var sample })
                {
                    unread++;
                    first ??= row as MalformedRow;
                    continue;
                }

                index.Add(sample);
                selection?.Add(sample);
            }
        }
        catch (DatasetException unreadable)
        {
            return Unread($"{file}: {unreadable.Message}");
        }

        if (unread == rows)
        {
            return Unread(
                first is null
                    ? $"{file} has no rows."
                    : $"{file}: no row can be read as a sample by this spec (the first, line {first.Line}: {first.Reason})."
            );
        }

        var renderer = new PromptRenderer(spec.Prompt);
        var examples = new List<ChatMessage>();
        foreach (var example in selection?.Chosen ?? [])
        {
            try
            {
                examples.AddRange(renderer.RenderExample(example));
            }
            catch (PromptException unfit)
            {
                return Unread($"{file}: a row does not fit the prompt ({unfit.Message})");
            }
        }

        var incomplete = first is null
            ? null
            : $"{file}: {unread} of {rows} rows cannot be read as samples by this spec (the first, line {first.Line}: {first.Reason}).";
        return (new TrainingFileState(file, index.Rows, Unchecked: null) { Incomplete = incomplete }, new TrainingRows(index, examples));

        (TrainingFileState, TrainingRows) Unread(string why) => (new TrainingFileState(file, 0, why), new TrainingRows(null, []));
    }
}
