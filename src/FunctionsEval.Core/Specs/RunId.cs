using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Core.Specs;

/// <summary>Run ids. The same dataset version and spec give the same id, so that a second upload is the same run.</summary>
public static class RunId
{
    /// <summary>What every run id starts with.</summary>
    public const string Prefix = "ev-";

    /// <summary>What every suite run's id starts with.</summary>
    public const string SuitePrefix = "es-";

    /// <summary>130 bits: no two runs have the same id.</summary>
    private const int Characters = 26;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);

    /// <summary>
    /// Makes the id of a run: <c>ev-</c> and 26 lower-case base-32 characters of a SHA-256 hash; safe as a blob folder, table key and
    /// orchestration id.
    /// </summary>
    /// <param name="account">Storage account of the dataset.</param>
    /// <param name="container">Container of the dataset.</param>
    /// <param name="blob">Blob name of the dataset.</param>
    /// <param name="etag">The dataset's ETag, with or without its quotes.</param>
    /// <param name="canonicalSpec">The spec (<see cref="SpecReader.Canonical"/>).</param>
    /// <param name="attempt">0 for the first run; another number asks for another run of the same.</param>
    public static string Create(string account, string container, string blob, string etag, string canonicalSpec, int attempt = 0)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(etag);
        ArgumentNullException.ThrowIfNull(canonicalSpec);
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var part in (ReadOnlySpan<string>)[account, container, blob, etag.Trim('"'), canonicalSpec])
        {
            // The length first: "a","bc" must not be "ab","c".
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            hash.AppendData(number);
            hash.AppendData(bytes);
        }

        BinaryPrimitives.WriteInt32LittleEndian(number, attempt);
        hash.AppendData(number);
        return Prefix + ToBase32(hash.GetHashAndReset());
    }

    /// <summary>Makes the id of a run that belongs to a group: another one than any dataset's run has.</summary>
    /// <param name="group">Id of the group.</param>
    /// <param name="role">The member's role.</param>
    /// <param name="model">Name of its model.</param>
    public static string CreateMember(string group, string role, string model) => Create("", "runs", group, role, model);

    /// <summary>Makes the id of a suite run: <c>es-</c> and 26 characters as in <see cref="Create"/>.</summary>
    /// <param name="account">Storage account of the datasets.</param>
    /// <param name="suite">The suite's folder.</param>
    /// <param name="section">The spec's section about the suite, in its canonical form.</param>
    /// <param name="datasets">What tells the datasets' versions and specs, a text each.</param>
    /// <param name="attempt">0 for the first suite run; another number asks for another one of the same.</param>
    public static string CreateOfSuite(string account, string suite, string section, IReadOnlyList<string> datasets, int attempt = 0) =>
        SuitePrefix + Create(account, "suite", suite, section, string.Join('\n', datasets), attempt)[Prefix.Length..];

    /// <summary>Whether a text has the form of a run id.</summary>
    public static bool IsValid(string? text) => HasForm(text, Prefix);

    /// <summary>Whether a text has the form of a suite run's id.</summary>
    public static bool IsValidOfSuite(string? text) => HasForm(text, SuitePrefix);

    private static bool HasForm(string? text, string prefix) =>
        text is not null
        && text.Length == prefix.Length + Characters
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && !text.AsSpan(prefix.Length).ContainsAnyExcept(AlphabetValues);

    private static string ToBase32(byte[] hash)
    {
        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < Characters; i++)
        {
            var bit = i * 5;
            var pair = (hash[bit / 8] << 8) | hash[bit / 8 + 1];
            text[i] = Alphabet[(pair >> (11 - bit % 8)) & 31];
        }

        return new string(text);
    }
}
