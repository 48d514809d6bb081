using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions;

/// <summary>How long a function may run before the host ends the process: <c>functionTimeout</c>.</summary>
internal sealed record FunctionTimeout(TimeSpan Length)
{
    private const string Setting = "functionTimeout";

    /// <summary>The host's default.</summary>
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The app setting <c>AzureFunctionsJobHost__functionTimeout</c>, else what the app's host.json says, else 30 minutes; -1 is no limit.
    /// </summary>
    public static FunctionTimeout Read(IConfiguration configuration, string directory)
    {
        var text = configuration[$"AzureFunctionsJobHost:{Setting}"] is { Length: > 0 } set
            ? set
            : InHostJson(Path.Combine(directory, "host.json"));
        if (text == "-1")
        {
            return new FunctionTimeout(TimeSpan.MaxValue);
        }

        return new FunctionTimeout(
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var length) && length > TimeSpan.Zero ? length : Default
        );
    }

    private static string? InHostJson(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var host = JsonDocument.Parse(
            File.ReadAllBytes(path),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        return host.RootElement.TryGetProperty(Setting, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }
}
