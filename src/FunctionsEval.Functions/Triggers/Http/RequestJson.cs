using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>How the bodies of requests are read. A member that nobody reads is refused: it may be misspelt.</summary>
internal static class RequestJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>For starts and probes, which people write by hand as they do specs: with comments and trailing commas.</summary>
    public static JsonSerializerOptions HandWritten { get; } =
        new(Options) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
}
