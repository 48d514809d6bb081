using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>What was read of a training file.</summary>
/// <param name="File">Its name in the spec.</param>
/// <param name="Rows">Its rows with different words.</param>
/// <param name="Examples">Examples in the prompt.</param>
/// <param name="Unchecked">Why samples are not checked against it; null where they are.</param>
internal sealed record TrainingFinding(string File, int Rows, int Examples, string? Unchecked)
{
    /// <summary>What of it could not be read; null for nothing.</summary>
    public string? Incomplete { get; init; }
}

/// <summary>Reads a training file on this machine as a run reads its blob.</summary>
internal static class LocalTraining
{
    /// <summary>Reads it.</summary>
    /// <returns>What was found; the index of its rows and the turns of the examples, both empty where it cannot be read.</returns>
    public static async Task<(TrainingFinding Finding, TrainingIndex? Index, IReadOnlyList<ChatMessage> Examples)> ReadAsync(
        string name,
        string blob,
        SuiteFolder folder,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.Classify(blob) is not DatasetNameKind.Dataset kind)
        {
            return Unread($"{name} is not {DatasetFormatCatalog.Names}.");
        }

        if (folder.FindFile(blob) is not { } path)
        {
            return Unread($"{name} is not there.");
        }

        if (new FileInfo(path).Length > TrainingIndex.MaxFileBytes)
        {
            return Unread($"{name} is larger than {TrainingIndex.MaxFileBytes >> 20} MiB.");
        }

        try
        {
            await using var text = await LocalDataset.OpenAsync(path, kind, TrainingIndex.MaxFileBytes, cancellationToken);
            var read = new TrainingRead(text.Length, spec.Prompt.FewShot);
            var rows = TrainingRead.OptionsOf(spec, kind.Format).CreateReader().ReadAsync(text.ReadAsync, text.Length, cancellationToken);
            await foreach (var row in rows)
            {
                read.Add(row);
            }

            return read.Unread == read.Rows ? Unread(WhyNone(name, read)) : Finish(name, read, spec);
        }
        catch (DatasetException unreadable)
        {
            return Unread($"{name}: {unreadable.Message}");
        }
        catch (PromptException unfit)
        {
            return Unread($"{name}: a row does not fit the prompt ({unfit.Message})");
        }

        (TrainingFinding, TrainingIndex?, IReadOnlyList<ChatMessage>) Unread(string why) =>
            (new TrainingFinding(name, 0, 0, why), null, []);
    }

    private static (TrainingFinding, TrainingIndex?, IReadOnlyList<ChatMessage>) Finish(string name, TrainingRead read, EvaluationSpec spec)
    {
        var examples = read.RenderExamples(new PromptRenderer(spec.Prompt));
        var chosen = Math.Min(spec.Prompt.FewShot?.Count ?? 0, read.Rows - read.Unread);
        var finding = new TrainingFinding(name, read.Index.Rows, chosen, Unchecked: null)
        {
            Incomplete = read.FirstUnread is { } first
                ? $"{name}: {read.Unread} of {read.Rows} rows cannot be read as samples by this spec (the first, line {first.Line}: {first.Reason})."
                : null,
        };
        return (finding, read.Index, examples);
    }

    private static string WhyNone(string name, TrainingRead read) =>
        read.FirstUnread is { } first
            ? $"{name}: no row can be read as a sample by this spec (the first, line {first.Line}: {first.Reason})."
            : $"{name} has no rows.";
}
