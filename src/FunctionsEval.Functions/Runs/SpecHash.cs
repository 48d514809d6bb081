using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Functions.Runs;

/// <summary>The short hash by which runs of the same spec are known.</summary>
internal static class SpecHash
{
    /// <summary>The hash: 16 hexadecimal digits of SHA-256.</summary>
    /// <param name="canonicalSpec">The spec's canonical form.</param>
    public static string From(string canonicalSpec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalSpec)))[..16];
}
