using System.Buffers;
using System.Globalization;

namespace FunctionsEval.Core.Datasets;

/// <summary>Checks where an image part says that its image is.</summary>
public static class ImageUrls
{
    /// <summary>Maximum length of an address, in characters: 8,192.</summary>
    public const int MaxAddressLength = 8192;

    /// <summary>How a data URI begins.</summary>
    public const string DataScheme = "data:";

    private static readonly string[] MediaTypes = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"];

    private static readonly SearchValues<char> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    );

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."
    );

    /// <summary>Whether an image is a blob beside the dataset, by its name relative to the dataset's folder.</summary>
    /// <param name="url">The image's <c>url</c>.</param>
    public static bool IsBlobName(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return !IsData(url) && SchemeOf(url) is null;
    }

    /// <summary>Whether an image is at an address, which the endpoint would have to load.</summary>
    /// <param name="url">The image's <c>url</c>.</param>
    public static bool IsAddress(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return !IsData(url) && SchemeOf(url) is not null;
    }

    /// <summary>What is wrong with an image's <c>url</c>, as the end of a sentence that begins with its field; null for nothing.</summary>
    /// <param name="url">An https address, a data URI of a PNG, JPEG, GIF or WebP image in base64, or a blob's name.</param>
    public static string? FindProblem(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.Length == 0 ? "is empty"
            : IsData(url) ? FindDataProblem(url)
            : SchemeOf(url) is not { } scheme ? FindNameProblem(url)
            : !scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
                ? "has a scheme that is not allowed; use https, a data URI, or the name of a blob beside the dataset"
            : url.Length > MaxAddressLength
                ? string.Create(CultureInfo.InvariantCulture, $"is an address of more than {MaxAddressLength} characters")
            : !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0 ? "is no address"
            : address.UserInfo.Length > 0 ? "is an address with a user name or password in it"
            : null;
    }

    private static bool IsData(string url) => url.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The scheme that an address begins with (RFC 3986, section 3.1); null for a relative name.</summary>
    private static string? SchemeOf(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? url[..colon] : null;
    }

    private static string? FindNameProblem(string url) =>
        BlobNames.FindProblem(url) is { } problem ? $"is no name of a blob beside the dataset: it {problem}" : null;

    private static string? FindDataProblem(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            return "is a data URI without data";
        }

        var parts = url[DataScheme.Length..comma].Split(';');
        if (!MediaTypes.Contains(parts[0].Trim(), StringComparer.OrdinalIgnoreCase))
        {
            return "is a data URI of another type than image/png, image/jpeg, image/gif and image/webp";
        }

        var data = url.AsSpan(comma + 1);
        var digits = data.TrimEnd('=');
        return
            !parts[^1].Trim().Equals("base64", StringComparison.OrdinalIgnoreCase)
            || digits.Length == 0
            || data.Length % 4 != 0
            || data.Length - digits.Length > 2
            || digits.ContainsAnyExcept(Base64)
            ? "is a data URI whose data is not base64"
            : null;
    }
}
