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
        if (DatasetNames.Classify(file) is not DatasetNameKind.Dataset kind)
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

        TrainingRead read;
        var options = TrainingRead.OptionsOf(spec, kind.Format);
        try
        {
            read = new TrainingRead(await LengthAsync(kind, content, cancellationToken), spec.Prompt.FewShot);
            await using var text = Open(kind, content);
            await foreach (var row in options.CreateReader().ReadAsync(text, cancellationToken))
            {
                read.Add(row);
            }
        }
        catch (DatasetException unreadable)
        {
            return Unread($"{file}: {unreadable.Message}");
        }

        return Finish(file, read, spec);

        (TrainingFileState, TrainingRows) Unread(string why) => TrainingFiles.Unread(file, why);
    }

    private static (TrainingFileState State, TrainingRows Rows) Finish(string file, TrainingRead read, EvaluationSpec spec)
    {
        if (read.Unread == read.Rows)
        {
            return Unread(
                file,
                read.FirstUnread is { } first
                    ? $"{file}: no row can be read as a sample by this spec (the first, line {first.Line}: {first.Reason})."
                    : $"{file} has no rows."
            );
        }

        try
        {
            var examples = read.RenderExamples(new PromptRenderer(spec.Prompt));
            var state = new TrainingFileState(file, read.Index.Rows, Unchecked: null) { Incomplete = IncompleteOf(file, read) };
            return (state, new TrainingRows(read.Index, examples));
        }
        catch (PromptException unfit)
        {
            return Unread(file, $"{file}: a row does not fit the prompt ({unfit.Message})");
        }
    }

    private static (TrainingFileState State, TrainingRows Rows) Unread(string file, string why) =>
        (new TrainingFileState(file, 0, why), new TrainingRows(null, []));

    private static Stream Open(DatasetNameKind.Dataset kind, Stream content) =>
        kind.Open(
            async (offset, length, token) =>
            {
                content.Position = offset;
                var bytes = new byte[length];
                await content.ReadExactlyAsync(bytes, token);
                return bytes;
            },
            content.Length,
            TrainingIndex.MaxFileBytes
        );

    /// <summary>
    /// Bytes of the file's text. A packed file is unpacked once more for it, so that its index is that of the plain file.
    /// </summary>
    private static async Task<long> LengthAsync(DatasetNameKind.Dataset kind, Stream content, CancellationToken cancellationToken)
    {
        if (kind.Packing is null)
        {
            return content.Length;
        }

        await using var text = Open(kind, content);
        await text.CopyToAsync(Stream.Null, cancellationToken);
        return text.Position;
    }

    private static string? IncompleteOf(string file, TrainingRead read) =>
        read.FirstUnread is { } first
            ? $"{file}: {read.Unread} of {read.Rows} rows cannot be read as samples by this spec (the first, line {first.Line}: "
                + $"{first.Reason})."
            : null;
}
