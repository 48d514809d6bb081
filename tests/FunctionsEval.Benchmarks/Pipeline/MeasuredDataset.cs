using System.Globalization;
using Azure.Storage.Blobs;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>The rows that the pipeline and the bare loop are measured on: whether a number is even or odd.</summary>
internal static class MeasuredDataset
{
    /// <summary>Rows of the run that leaves start-up behind: enough that the code of a call is compiled for good.</summary>
    public const int WarmUpSamples = 5_000;

    /// <summary>The model that the spec names.</summary>
    public const string Model = "measured";

    private const string Spec = $$"""
        { "task": "classification", "model": "{{Model}}", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.9 } ] } }
        """;

    /// <summary>Writes the rows into a file.</summary>
    public static async Task WriteAsync(string path, int samples)
    {
        await using var file = new StreamWriter(path);
        for (var number = 0; number < samples; number++)
        {
            var label = number % 2 == 0 ? "even" : "odd";
            await file.WriteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{{\"id\":\"{number}\",\"input\":\"Is this number even or odd? {number}\",\"expected\":\"{label}\"}}\n"
                )
            );
        }
    }

    /// <summary>Uploads a spec, then the rows of a file beside it.</summary>
    /// <param name="connectionString">The storage account.</param>
    /// <param name="suite">The folder.</param>
    /// <param name="path">The file.</param>
    /// <returns>The dataset's name.</returns>
    public static async Task<string> UploadAsync(string connectionString, string suite, string path)
    {
        var container = new BlobContainerClient(connectionString, "datasets");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient($"{suite}/evaluation.json").UploadAsync(BinaryData.FromString(Spec), overwrite: true);
        var dataset = $"{suite}/test.jsonl";
        await container.GetBlobClient(dataset).UploadAsync(path, overwrite: true);
        return dataset;
    }
}
