using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Drafts;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.Validation;

namespace FunctionsEval.LocalHost.Drafting;

/// <summary>A suite that was written.</summary>
/// <param name="Spec">Its spec's file.</param>
/// <param name="Dataset">Its dataset's file.</param>
/// <param name="Draft">The spec, and what was guessed.</param>
/// <param name="Validation">What <c>validate</c> finds of it.</param>
internal sealed record WrittenSuite(string Spec, string Dataset, SpecDraft Draft, FileValidation Validation);

/// <summary>Writes a suite from a dataset: the likeliest spec that reads it, held against all rows before it is written.</summary>
/// <param name="prices">The models that are configured here.</param>
internal sealed class SuiteDrafting(ModelPrices prices)
{
    /// <summary>Writes it.</summary>
    /// <param name="dataset">The dataset's file.</param>
    /// <param name="output">The suite's folder; null for the dataset's own.</param>
    /// <param name="options">What is given; the training file and the schema are found here.</param>
    /// <param name="isForced">Whether files that exist are replaced.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The dataset cannot be read, nothing fits, or a file exists already.</exception>
    public async Task<WrittenSuite> WriteAsync(
        string dataset,
        string? output,
        DraftOptions options,
        bool isForced,
        CancellationToken cancellationToken
    )
    {
        var source = Path.GetFullPath(dataset);
        var folder = Path.GetFullPath(output ?? Path.GetDirectoryName(source)!);
        var copy = Path.Combine(folder, Path.GetFileName(source));
        var spec = Path.Combine(folder, DatasetNames.SpecName);
        var training = FindTrainingFile(source);
        List<string> copies = copy == source ? [] : [source, .. training is null ? Array.Empty<string>() : [training]];
        if (!isForced)
        {
            Refuse([spec, .. copies.Select(file => Path.Combine(folder, Path.GetFileName(file)))]);
        }

        options = options with
        {
            TrainingFile = training is null ? null : Path.GetFileName(training),
            Schema = options.Schema ?? SchemaFor(folder),
        };
        var drafts = await DraftAsync(dataset, source, options, cancellationToken);
        Directory.CreateDirectory(folder);
        foreach (var file in copies)
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: isForced);
        }

        var (draft, validation) = await ChooseAsync(drafts, copy, cancellationToken);
        await File.WriteAllTextAsync(spec, draft.Json, cancellationToken);
        return new WrittenSuite(spec, copy, draft, validation with { Spec = spec });
    }

    private static async Task<List<SpecDraft>> DraftAsync(
        string shown,
        string source,
        DraftOptions options,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.Classify(Path.GetFileName(source)) is not DatasetNameKind.Dataset kind)
        {
            throw new LocalHostException($"{shown} is no dataset: {await DescribeAsync(source, cancellationToken)}");
        }

        try
        {
            await using var text = await LocalDataset.OpenAsync(source, kind, LocalDataset.MaxUnpackedBytes, cancellationToken);
            await using var stream = text.AsStream();
            var rows = await RawRows.ReadAsync(stream, kind.Format, cancellationToken);
            if (rows.Count == 0)
            {
                throw new LocalHostException($"{shown} has no row that can be read as {kind.Format.Name}.");
            }

            List<SpecDraft> drafts = [.. new SpecDrafter(rows, kind.Format, options).Draft()];
            return drafts.Count > 0
                ? drafts
                : throw new LocalHostException(
                    options.Task is { } task
                        ? $"{shown}: the rows do not read as {task.Name}. Leave --task out to see what they read as, or see docs/datasets.md."
                        : $"{shown}: it cannot be told which fields are input and reference. Name them in a spec's columns; see docs/datasets.md."
                );
        }
        catch (DatasetException unreadable)
        {
            throw new LocalHostException($"{shown}: {unreadable.Message}");
        }
    }

    /// <summary>The first draft by which a run would not fail; else the first.</summary>
    private async Task<(SpecDraft Draft, FileValidation Validation)> ChooseAsync(
        List<SpecDraft> drafts,
        string dataset,
        CancellationToken cancellationToken
    )
    {
        (SpecDraft, FileValidation)? first = null;
        var folder = Directory.CreateTempSubdirectory();
        var trial = Path.Combine(folder.FullName, DatasetNames.SpecName);
        try
        {
            foreach (var draft in drafts)
            {
                await File.WriteAllTextAsync(trial, draft.Json, cancellationToken);
                var found = await new DatasetValidator(prices).CheckAsync(dataset, trial, root: null, cancellationToken);
                first ??= (draft, found);
                if (found.Failure is null)
                {
                    return (draft, found);
                }
            }

            return first!.Value;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Refuse(IEnumerable<string> files)
    {
        if (files.FirstOrDefault(File.Exists) is { } existing)
        {
            throw new LocalHostException($"'{existing}' exists already. Name another folder with --output, or replace it with --force.");
        }
    }

    /// <summary>A dataset named train beside this one.</summary>
    private static string? FindTrainingFile(string dataset) =>
        Directory
            .EnumerateFiles(Path.GetDirectoryName(dataset)!, "train.*")
            .Where(file => file != dataset && DatasetNames.Classify(Path.GetFileName(file)) is DatasetNameKind.Dataset)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The schema of this working copy, relative to the suite's folder.</summary>
    private static string SchemaFor(string folder) =>
        Path.GetRelativePath(folder, RepositoryLayout.SpecSchema).Replace(Path.DirectorySeparatorChar, '/');

    private static async Task<string> DescribeAsync(string source, CancellationToken cancellationToken)
    {
        var kind = DatasetNames.Classify(Path.GetFileName(source));
        if (kind is not DatasetNameKind.Unsupported unsupported)
        {
            return $"name a file that ends in {DatasetFormatCatalog.Extensions}.";
        }

        var head = new byte[DatasetProbe.HeadBytes];
        await using var file = File.OpenRead(source);
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return DatasetNames.Describe(source, unsupported, head.AsSpan(0, read));
    }
}
