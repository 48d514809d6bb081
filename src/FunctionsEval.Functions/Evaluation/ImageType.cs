namespace FunctionsEval.Functions.Evaluation;

/// <summary>The types of images that models read, told by their first bytes and not by their names.</summary>
internal static class ImageType
{
    private const int WebPFormOffset = 8;

    /// <summary>The media type; null for anything else than PNG, JPEG, GIF and WebP.</summary>
    /// <param name="image">The image, or its first 12 bytes.</param>
    public static string? Find(ReadOnlySpan<byte> image) =>
        image.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : image.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : image.StartsWith("GIF87a"u8) || image.StartsWith("GIF89a"u8) ? "image/gif"
        : image.StartsWith("RIFF"u8) && image.Length > WebPFormOffset && image[WebPFormOffset..].StartsWith("WEBP"u8) ? "image/webp"
        : null;
}
