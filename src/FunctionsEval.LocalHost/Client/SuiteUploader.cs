using Azure.Storage.Blobs;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A dataset that was dropped into the container.</summary>
/// <param name="Name">Blob name in the <c>datasets</c> container.</param>
/// <param name="ETag">Its version, by which its run is recognised.</param>
/// <param name="RunId">Its run, where that is known already.</param>
internal sealed record DroppedDataset(string Name, string ETag, string? RunId = null);

/// <summary>Drops datasets into the container, the way a user's script would.</summary>
internal sealed class SuiteUploader(string storageConnectionString)
{
    private static readonly string[] Specs = ["evaluation.json", "evaluation.yaml"];

    private readonly BlobContainerClient _datasets = new(storageConnectionString, "datasets");

    /// <summary>Uploads a file into a suite, after the <c>evaluation.json</c> or <c>evaluation.yaml</c> beside it where there is one.</summary>
    public async Task<DroppedDataset> DropAsync(string file, string suite, CancellationToken cancellationToken)
    {
        await _datasets.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        foreach (var spec in Specs.Concat(Specs.Select(spec => Path.GetFileName(file) + "." + spec)))
        {
            var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, spec);
            if (File.Exists(path))
                await UploadAsync(path, $"{suite}/{spec}", cancellationToken);
        }

        var name = $"{suite}/{Path.GetFileName(file)}";
        return new DroppedDataset(name, await UploadAsync(file, name, cancellationToken));
    }

    private async Task<string> UploadAsync(string path, string name, CancellationToken cancellationToken)
    {
        var result = await _datasets.GetBlobClient(name).UploadAsync(path, overwrite: true, cancellationToken);
        return result.Value.ETag.ToString("H");
    }
}
