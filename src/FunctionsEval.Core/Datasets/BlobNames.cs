using System.Globalization;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Checks the names of blobs. A name that passes means the same blob to the storage service, its clients, proxies and file systems. None of
/// them resolves it to another folder or container.
/// </summary>
public static class BlobNames
{
    /// <summary>Maximum length of a blob's name, in UTF-16 characters; the service's limit.</summary>
    public const int MaxLength = 1024;

    /// <summary>Maximum number of parts of a name, separated by <c>/</c>; the service's limit.</summary>
    public const int MaxParts = 254;

    /// <summary>
    /// First byte of the two-byte form of a character below U+0080. UTF-8 forbids this form, but lenient decoders accept it.
    /// </summary>
    private const byte OverlongDotOrSlash = 0xC0;

    private const byte OverlongLetter = 0xC1;

    /// <summary>What is wrong with a name, as the end of a sentence that begins with the name; null for nothing.</summary>
    /// <param name="name">A name relative to its container.</param>
    public static string? FindProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > MaxLength ? string.Create(CultureInfo.InvariantCulture, $"has more than {MaxLength} characters")
            : name.Any(char.IsControl) ? "has a control character"
            : name.Contains('\\', StringComparison.Ordinal) ? @"has a backslash (\); folders are separated by /"
            : !IsText(name) ? "has a character that is none in Unicode"
            : HidesCharacter(name) ? "has a percent-encoded separator, dot, percent sign or control character; write the character itself"
            : name.Split('/') is var parts && parts.Any(part => part is "" or "." or "..") ? "has an empty part, or one that is . or .."
            : parts.Length > MaxParts ? string.Create(CultureInfo.InvariantCulture, $"has more than {MaxParts} parts")
            : null;
    }

    /// <summary>
    /// Whether a name has no lone surrogate, which no encoding can write, and neither U+FFFE nor U+FFFF, which the service refuses.
    /// </summary>
    private static bool IsText(string name)
    {
        for (var index = 0; index < name.Length; index++)
        {
            if (char.IsHighSurrogate(name[index]) && index + 1 < name.Length && char.IsLowSurrogate(name[index + 1]))
            {
                index++;
            }
            else if (char.IsSurrogate(name[index]) || name[index] is '\uFFFE' or '\uFFFF')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a percent-encoded character changes the name's meaning once it is decoded.
    /// </summary>
    private static bool HidesCharacter(string name)
    {
        for (var at = name.IndexOf('%', StringComparison.Ordinal); at >= 0 && at + 2 < name.Length; at = name.IndexOf('%', at + 1))
        {
            if (
                byte.TryParse(name.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && ((char)code is '/' or '\\' or '.' or '%' || code is < 0x20 or 0x7F or OverlongDotOrSlash or OverlongLetter)
            )
            {
                return true;
            }
        }

        return false;
    }
}
