using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.LocalHost.Client;

/// <summary>The images that a dataset's rows name as files beside it.</summary>
internal static class SuiteImages
{
    /// <summary>Finds the names, relative to the dataset's folder; none where the file cannot be read as a dataset, of which its run says
    /// why.</summary>
    /// <param name="file">The dataset.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyCollection<string>> FindAsync(string file, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        var images = new SortedSet<string>(StringComparer.Ordinal);
        if (DatasetNames.Classify(Path.GetFileName(file)) is not DatasetNameKind.Dataset { Format: { HasNestedValues: true } format })
        {
            return images;
        }

        await using var rows = File.OpenRead(file);
        try
        {
            await foreach (var row in spec.ReadOptions(format).CreateReader().ReadAsync(rows, cancellationToken))
            {
                if (row is ValidRow { Sample.Messages: var turns })
                {
                    images.UnionWith(
                        turns.SelectMany(turn => turn.Parts).OfType<ImagePart>().Select(image => image.Url).Where(ImageUrls.IsBlobName)
                    );
                }
            }
        }
        catch (DatasetException)
        {
            images.Clear();
        }

        return images;
    }
}
