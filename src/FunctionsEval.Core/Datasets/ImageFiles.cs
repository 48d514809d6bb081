namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Images that lie beside a dataset: how large they may be, and their types, told by their first bytes and not by their names.
/// </summary>
public static class ImageFiles
{
    /// <summary>Maximum number of bytes of an image beside a dataset: that of Azure OpenAI's fine-tuning.</summary>
    public const int MaxImageBytes = 10 * 1024 * 1024;

    /// <summary>Maximum number of bytes of all images of a sample that lie beside the dataset, each as often as it is named.</summary>
    public const int MaxSampleBytes = 20 * 1024 * 1024;

    /// <summary>
    /// Maximum number of images of a sample that lie beside the dataset, each as often as it is named: that of Azure OpenAI's fine-tuning.
    /// </summary>
    public const int MaxImages = 64;

    private const int WebPFormOffset = 8;

    /// <summary>The media type; null for anything else than PNG, JPEG, GIF and WebP.</summary>
    /// <param name="image">The image, or its first 12 bytes.</param>
    public static string? FindType(ReadOnlySpan<byte> image) =>
        image.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : image.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : image.StartsWith("GIF87a"u8) || image.StartsWith("GIF89a"u8) ? "image/gif"
        : image.StartsWith("RIFF"u8) && image.Length > WebPFormOffset && image[WebPFormOffset..].StartsWith("WEBP"u8) ? "image/webp"
        : null;
}
