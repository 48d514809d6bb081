using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A dataset that was dropped into the container.</summary>
/// <param name="Name">Blob name in the <c>datasets</c> container.</param>
/// <param name="ETag">Its version, by which its run is recognised.</param>
/// <param name="RunId">Its run, where that is known already.</param>
internal sealed record DroppedDataset(string Name, string ETag, string? RunId = null);

/// <summary>Drops datasets into the container, the way a user's script would.</summary>
/// <param name="storageConnectionString">The app's storage.</param>
/// <param name="notice">Receives what a person should know of an upload, a sentence each.</param>
internal sealed class SuiteUploader(string storageConnectionString, Action<string> notice)
{
    private static readonly string[] Specs = ["evaluation.json", "evaluation.yaml"];

    private readonly BlobContainerClient _datasets = new(storageConnectionString, "datasets");

    /// <summary>
    /// Uploads a file into a suite. Its spec comes first where one lies beside it, then the training file that the spec names, and the file
    /// last: it starts the run, which looks for the others at once.
    /// </summary>
    /// <exception cref="LocalHostException">The name is none for a blob, the spec cannot be read, or the training file is neither here nor
    /// in the container; nothing was uploaded.</exception>
    public async Task<DroppedDataset> DropAsync(string file, string suite, CancellationToken cancellationToken)
    {
        if (BlobNames.FindProblem($"{suite}/{Path.GetFileName(file)}") is { } problem)
        {
            throw new LocalHostException(
                $"datasets/{suite}/{Path.GetFileName(file)} cannot be stored: its name {problem}. "
                    + "Name another folder with --suite, such as support/tickets, or rename the file."
            );
        }

        await _datasets.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var folder = new SuiteFolder(Path.GetDirectoryName(Path.GetFullPath(file))!, suite);
        var name = $"{suite}/{Path.GetFileName(file)}";
        var found = await FindSpecAsync(name, folder, cancellationToken);
        var training = found is var (specName, itsSpec)
            ? await FindTrainingFileAsync(name, specName, itsSpec, folder, cancellationToken)
            : null;
        foreach (var spec in Specs.Concat(Specs.Select(spec => Path.GetFileName(file) + "." + spec)).Select(spec => $"{suite}/{spec}"))
        {
            if (folder.FindFile(spec) is { } path)
            {
                await UploadAsync(path, spec, cancellationToken);
            }
        }

        if (training is not null && folder.FindFile(training) is { } rows)
        {
            await UploadAsync(rows, training, cancellationToken);
            notice($"Uploaded the training file as datasets/{training}");
        }

        if (found is var (_, rowSpec))
        {
            await UploadImagesAsync(await SuiteImages.FindAsync(file, rowSpec, cancellationToken), folder, cancellationToken);
        }

        return new DroppedDataset(name, await UploadAsync(file, name, cancellationToken));
    }

    /// <summary>Uploads the images that rows name, as far as they lie here.</summary>
    private async Task UploadImagesAsync(IReadOnlyCollection<string> images, SuiteFolder folder, CancellationToken cancellationToken)
    {
        var uploaded = 0;
        foreach (var name in images.Select(image => $"{folder.Suite}/{image}"))
        {
            if (folder.FindFile(name) is { } path)
            {
                await UploadAsync(path, name, cancellationToken);
                uploaded++;
            }
        }

        if (images.Count > 0)
        {
            notice($"Uploaded {uploaded} of the {images.Count} images that rows name as files beside the dataset.");
        }
    }

    /// <summary>
    /// The training file that the dataset's spec names, as a blob; null for none, and for the dataset itself, which the app refuses.
    /// </summary>
    private async Task<string?> FindTrainingFileAsync(
        string name,
        string specName,
        EvaluationSpec spec,
        SuiteFolder folder,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.TrainingFileOf(specName, spec.TrainingFile) is not { } training || training == name)
        {
            return null;
        }

        var path = folder.FindFile(training);
        var length = path is null ? await FindLengthAsync(training, cancellationToken) : new FileInfo(path).Length;
        if (length is null)
        {
            var looked = folder.PathOf(training) is { } missing
                ? $"neither at {missing} nor in the container as datasets/{training}"
                : $"not in the container as datasets/{training}";
            throw new LocalHostException(
                $"{specName} names the training file {spec.TrainingFile}, which is {looked}. Nothing was uploaded: "
                    + "without it samples are not checked for leakage"
                    + $"{(spec.Prompt.FewShot is null ? "" : ", and there are no examples for prompt.fewShot")}. "
                    + "Put it there, or take trainingFile out of the spec."
            );
        }

        if (DatasetNames.Classify(training) is not DatasetNameKind.Dataset)
        {
            notice(
                "Warning: samples will not be checked for leakage: "
                    + $"the training file {spec.TrainingFile} is not {DatasetFormatCatalog.Names}."
            );
        }
        else if (length > TrainingIndex.MaxFileBytes)
        {
            notice(
                "Warning: samples will not be checked for leakage: "
                    + $"the training file {spec.TrainingFile} is larger than {TrainingIndex.MaxFileBytes >> 20} MiB."
            );
        }

        return training;
    }

    /// <summary>
    /// The spec that will apply to a dataset: the nearest of those that are in the container once those beside the dataset are uploaded.
    /// </summary>
    private async Task<(string Name, EvaluationSpec Spec)?> FindSpecAsync(
        string name,
        SuiteFolder folder,
        CancellationToken cancellationToken
    )
    {
        foreach (var candidate in DatasetNames.SpecCandidates(name))
        {
            await using var spec = folder.FindFile(candidate) is { } path
                ? File.OpenRead(path)
                : await FindBlobAsync(candidate, cancellationToken);
            if (spec is null)
            {
                continue;
            }

            try
            {
                return (candidate, SpecReader.Read(spec, candidate));
            }
            catch (SpecException invalid)
            {
                throw new LocalHostException(invalid.Message);
            }
        }

        return null;
    }

    private async Task<Stream?> FindBlobAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _datasets.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    private async Task<long?> FindLengthAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await _datasets.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    private async Task<string> UploadAsync(string path, string name, CancellationToken cancellationToken)
    {
        var result = await _datasets.GetBlobClient(name).UploadAsync(path, overwrite: true, cancellationToken);
        return result.Value.ETag.ToString("H");
    }
}
