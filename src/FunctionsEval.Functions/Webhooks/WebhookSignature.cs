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

    /// <summary>One secret, or two while one replaces the other.</summary>
    private const int MaxSecrets = 2;

    /// <summary>
    /// What may stand between two secrets; none of it is base64, though a decoder leaves white space out and would take two secrets for
    /// one.
    /// </summary>
    private static readonly char[] Separators = [' ', ',', ';', '\t', '\r', '\n'];

    /// <summary>How far a timestamp may lie from now, either way.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<byte[]> _keys;

    private WebhookSignature(IReadOnlyList<byte[]> keys) => _keys = keys;

    /// <summary>
    /// Reads a secret, or two while one replaces the other; null when they are not valid. No secret is shown in any message.
    /// </summary>
    /// <param name="secrets"><c>whsec_</c> and the base64 of 24 to 64 bytes; the prefix may be missing. White space, a comma or a semicolon
    /// separates two.</param>
    public static WebhookSignature? TryCreate(string secrets)
    {
        var keys = secrets
            .Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(ReadKey)
            .ToList();
        return keys.Count is 0 or > MaxSecrets || keys.Contains(null) ? null : new WebhookSignature([.. keys.OfType<byte[]>()]);
    }

    /// <summary>The value of the signature's header: a signature for each secret, separated by a space.</summary>
    public string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        var signatures = new List<string>();
        foreach (var key in _keys)
        {
            signatures.Add(
                Version + Convert.ToBase64String(Hash(key, id, timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body))
            );
        }

        return string.Join(' ', signatures);
    }

    /// <summary>
    /// Whether a message is signed with one of the secrets and fresh. Takes the same time wherever a signature is wrong.
    /// </summary>
    /// <param name="id">The id's header; null when it is missing.</param>
    /// <param name="timestamp">The timestamp's header, seconds since 1970.</param>
    /// <param name="signatures">The signature's header: one or more, separated by spaces (a secret that is being replaced signs beside the
    /// new one).</param>
    /// <param name="body">The body as it was received.</param>
    /// <param name="now">The time.</param>
    public bool IsValid(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (
            string.IsNullOrEmpty(id)
            || timestamp is null
            || signatures is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds
        )
        {
            return false;
        }

        var isValid = false;
        foreach (var key in _keys)
        {
            var expected = Hash(key, id, timestamp, body);
            foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                isValid |= IsSignature(signature, expected);
            }
        }

        return isValid;
    }

    private static bool IsSignature(string signature, byte[] expected)
    {
        var given = new byte[expected.Length];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
            && length == expected.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    private static byte[]? ReadKey(string secret)
    {
        var base64 = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
    }

    private static byte[] Hash(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
