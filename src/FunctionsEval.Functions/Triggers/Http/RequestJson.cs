using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// How the bodies of requests are read. A member that nobody reads is refused, because it may be misspelt, and so is a name twice.
/// </summary>
internal static class RequestJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false };

    /// <summary>For starts and probes, which people write by hand as they do specs: with comments and trailing commas.</summary>
    public static JsonSerializerOptions HandWritten { get; } =
        new(Options) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a body.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="options">One of those above.</param>
    /// <param name="body">What it says; null where it cannot be read.</param>
    /// <returns>Where it cannot be read, and why as far as that is known, for messages; null where it can.</returns>
    public static string? Read<T>(ReadOnlyMemory<byte> utf8, JsonSerializerOptions options, out T? body)
        where T : class
    {
        body = null;
        var json = utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8.Span[Encoding.UTF8.Preamble.Length..] : utf8.Span;
        try
        {
            var asRead = new JsonReaderOptions
            {
                CommentHandling = options.ReadCommentHandling,
                AllowTrailingCommas = options.AllowTrailingCommas,
            };
            if (JsonFault.Find(json, asRead) is { } fault)
            {
                return string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}, column {fault.Column}: {fault.Problem}");
            }

            body = JsonSerializer.Deserialize<T>(json, options);
            return body is null ? "it is null" : null;
        }
        catch (JsonException invalid)
        {
            var place = invalid.Path is { } path
                ? $"path {path}"
                : string.Create(CultureInfo.InvariantCulture, $"byte {(invalid.BytePositionInLine ?? 0) + 1}");
            return string.Create(CultureInfo.InvariantCulture, $"line {(invalid.LineNumber ?? 0) + 1}, {place}");
        }
    }
}
