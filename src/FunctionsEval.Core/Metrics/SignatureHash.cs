using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Core.Metrics;

/// <summary>A text of a spec, such as a rubric, as a metric's signature has it.</summary>
internal static class SignatureHash
{
    /// <summary>The first 12 hexadecimal digits of SHA-256 of the text's UTF-8.</summary>
    public static string From(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
