using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Functions.Webhooks;

/// <summary>
/// Signatures of webhooks by the Standard Webhooks specification 1.0.0, symmetric form: <c>v1,</c> and the base64 of
/// HMAC-SHA256 over <c>id.timestamp.body</c>, by the key whose base64 follows <c>whsec_</c>.
/// </summary>
internal sealed class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>How far a timestamp may lie from now, either way.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] _key;

    private WebhookSignature(byte[] key) => _key = key;

    /// <summary>Reads a secret; null when it is none. The secret is not shown in any message.</summary>
    /// <param name="secret"><c>whsec_</c> and the base64 of 24 to 64 bytes; the prefix may be missing.</param>
    public static WebhookSignature? TryCreate(string secret)
    {
        var base64 = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length is >= 24 and <= 64 ? new WebhookSignature(key[..length]) : null;
    }

    /// <summary>The value of the signature's header.</summary>
    public string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body) =>
        Version + Convert.ToBase64String(Hash(id, timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body));

    /// <summary>Says whether a message is genuine and fresh. Takes the same time wherever a signature is wrong.</summary>
    /// <param name="id">The id's header; null when it is missing.</param>
    /// <param name="timestamp">The timestamp's header, seconds since 1970.</param>
    /// <param name="signatures">The signature's header: one or more, separated by spaces (a secret that is being replaced signs beside the new one).</param>
    /// <param name="body">The body as it was received.</param>
    /// <param name="now">The time.</param>
    public bool IsValid(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || timestamp is null || signatures is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
            return false;

        var expected = Hash(id, timestamp, body);
        var isValid = false;
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var given = new byte[expected.Length];
            if (signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
                && length == expected.Length)
                isValid |= CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return isValid;
    }

    private byte[] Hash(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
