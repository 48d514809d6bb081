using System.Globalization;
using System.Threading.RateLimiting;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Puts the images that lie beside a dataset into requests, as data URIs. Addresses stay as they are; the app never loads one.
/// </summary>
/// <param name="datasets">The container of datasets and their images.</param>
/// <param name="budget">Bounds what all samples hold.</param>
/// <param name="dataset">The dataset's name, whose folder the images' names are relative to.</param>
internal sealed class SampleImages(DatasetStore datasets, ImageBudget budget, string dataset)
{
    /// <summary>The request with its images.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RequestWithImages> LoadAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        // An image is in the request as often as the row names it.
        List<KeyValuePair<string, int>> uses =
        [
            .. request.Images.Select(image => image.Url).Where(ImageUrls.IsBlobName).CountBy(url => url, StringComparer.Ordinal),
        ];
        if (uses.Count == 0)
        {
            return new RequestWithImages(request);
        }

        if (uses.Sum(image => image.Value) > ImageFiles.MaxImages)
        {
            return RequestWithImages.Unusable(request, $"there are more than {ImageFiles.MaxImages} images beside the dataset in one row");
        }

        var (bytes, problem) = await MeasureAsync(uses, cancellationToken);
        if (problem is not null)
        {
            return RequestWithImages.Unusable(request, problem);
        }

        var lease = await budget.AcquireAsync(bytes, cancellationToken);
        try
        {
            var images = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (index, (name, _)) in uses.Index())
            {
                if (await ReadAsync(name, cancellationToken) is not { } image)
                {
                    lease.Dispose();
                    return RequestWithImages.Unusable(
                        request,
                        $"{PlaceOf(index)} is no PNG, JPEG, GIF or WebP, or it was changed meanwhile"
                    );
                }

                images.Add(name, image);
            }

            return new RequestWithImages(Replace(request, images), lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private async Task<(int Bytes, string? Problem)> MeasureAsync(List<KeyValuePair<string, int>> uses, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (var (index, (name, count)) in uses.Index())
        {
            if (BlobNames.FindProblem(BlobOf(name)) is not null)
            {
                return (0, $"{PlaceOf(index)} has a name that is none of a blob in the dataset's folder");
            }

            if (await datasets.FindAsync(BlobOf(name), cancellationToken) is not { } blob)
            {
                return (0, $"{PlaceOf(index)} is not there: upload the images into the dataset's folder before the dataset");
            }

            if (blob.Length > ImageFiles.MaxImageBytes)
            {
                return (0, Invariant($"{PlaceOf(index)} has {blob.Length:N0} bytes, more than {ImageFiles.MaxImageBytes:N0}"));
            }

            bytes += blob.Length * count;
        }

        return bytes <= ImageFiles.MaxSampleBytes
            ? ((int)bytes, null)
            : (0, Invariant($"the images of the row have {bytes:N0} bytes together, more than {ImageFiles.MaxSampleBytes:N0}"));
    }

    /// <summary>The data URI of an image; null for anything else.</summary>
    private async Task<string?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await datasets.ReadSmallAsync(BlobOf(name), ImageFiles.MaxImageBytes, cancellationToken) is { } content
        && content.ToMemory() is { Length: <= ImageFiles.MaxImageBytes } image
        && ImageFiles.FindType(image.Span) is { } type
            ? $"data:{type};base64,{Convert.ToBase64String(image.Span)}"
            : null;

    private string BlobOf(string name) => DatasetNames.Beside(dataset, name);

    private static ModelRequest Replace(ModelRequest request, Dictionary<string, string> images) =>
        request with
        {
            Messages =
            [
                .. request.Messages.Select(turn =>
                    turn.Parts.Count == 0
                        ? turn
                        : turn with
                        {
                            Parts =
                            [
                                .. turn.Parts.Select(part =>
                                    part is ImagePart image && images.TryGetValue(image.Url, out var data)
                                        ? image with
                                        {
                                            Url = data,
                                        }
                                        : part
                                ),
                            ],
                        }
                ),
            ],
        };

    private static string PlaceOf(int index) => Invariant($"image {index + 1} beside the dataset");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A request whose images were loaded; it holds their share of the budget.</summary>
/// <param name="request">The request.</param>
/// <param name="lease">The share; null for none.</param>
internal sealed class RequestWithImages(ModelRequest request, RateLimitLease? lease = null) : IDisposable
{
    /// <summary>The request.</summary>
    public ModelRequest Request => request;

    /// <summary>Why an image cannot be sent, as a sentence without its name; null for nothing.</summary>
    public string? Problem { get; private init; }

    /// <summary>A request that cannot be sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="problem">Why.</param>
    public static RequestWithImages Unusable(ModelRequest request, string problem) => new(request) { Problem = $"{problem}." };

    /// <inheritdoc/>
    public void Dispose() => lease?.Dispose();
}
