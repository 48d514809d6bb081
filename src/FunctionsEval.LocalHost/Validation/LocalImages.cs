using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>The images that lie beside a dataset on this machine, held against the bounds that a run has.</summary>
/// <param name="folder">The suite's folder.</param>
/// <param name="dataset">The dataset's blob name, whose folder the images' names are relative to.</param>
internal sealed class LocalImages(SuiteFolder folder, string dataset)
{
    private const int HeadBytes = 12;

    /// <summary>What is wrong with a row's images, as a sentence without their names; null for nothing.</summary>
    public string? FindProblem(IReadOnlyList<string> names)
    {
        if (names.Count > ImageFiles.MaxImages)
        {
            return $"There are more than {ImageFiles.MaxImages} images beside the dataset in one row.";
        }

        long bytes = 0;
        List<string> distinct = [.. names.Distinct(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"Image {distinct.IndexOf(name) + 1} beside the dataset");
            if (folder.FindFile(DatasetNames.Beside(dataset, name)) is not { } path)
            {
                return $"{place} is not there: put the images into the dataset's folder.";
            }

            var length = new FileInfo(path).Length;
            bytes += length;
            if (length > ImageFiles.MaxImageBytes)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{place} has {length:N0} bytes, more than {ImageFiles.MaxImageBytes:N0}."
                );
            }

            if (ImageFiles.FindType(ReadHead(path)) is null)
            {
                return $"{place} is no PNG, JPEG, GIF or WebP.";
            }
        }

        return bytes <= ImageFiles.MaxSampleBytes
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The images of the row have {bytes:N0} bytes together, more than {ImageFiles.MaxSampleBytes:N0}."
            );
    }

    private static ReadOnlySpan<byte> ReadHead(string path)
    {
        var head = new byte[HeadBytes];
        using var file = File.OpenRead(path);
        return head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
    }
}
