using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>The values of Azure's <c>api-version</c>.</summary>
internal static partial class ApiVersions
{
    /// <summary>The v1 route without a version in the address.</summary>
    public const string V1 = "v1";

    /// <summary>The v1 route with what is in preview.</summary>
    public const string Preview = "preview";

    /// <summary>What a setting takes, for messages.</summary>
    public const string Expected = $"write a date such as {ModelOptions.DefaultApiVersion} or 2025-03-01-preview, or {V1} or {Preview}.";

    /// <summary>What a setting takes.</summary>
    public const string Pattern = @"\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-preview)?|v1|preview)\z";

    /// <summary>Whether a text is a version.</summary>
    public static bool IsValid(string text) => Version().IsMatch(text);

    /// <summary>Whether a version is one of the v1 route; the other route has dated ones.</summary>
    public static bool IsOfV1(string version) => version is V1 or Preview;

    [GeneratedRegex(Pattern)]
    private static partial Regex Version();
}
