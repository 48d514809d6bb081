using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /</c> and <c>GET /dashboard/{path}</c>: the dashboard, static files that hold no data and no secret: what they show, they ask the
/// API for, with the key that their reader gives.
/// </summary>
internal static class GetDashboard
{
    private const string ResourcePrefix = "dashboard/";
    private const string Page = "index.html";

    /// <summary>
    /// Scripts come from the app alone. Styles may be inline: a report that is opened from the page inherits this policy.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// The embedded files by the path that asks for them. A path is looked up and never resolved, so that none leads out of the folder.
    /// </summary>
    private static readonly FrozenDictionary<string, DashboardFile> Files = typeof(GetDashboard)
        .Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[ResourcePrefix.Length..].Replace('\\', '/'), Read, StringComparer.Ordinal);

    /// <summary>
    /// The page itself. An empty route would stand for the function's name; an optional parameter without room matches the root alone.
    /// </summary>
    [Function(nameof(GetDashboard))]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{home:maxlength(0)?}")] HttpRequest request) =>
        File(request, Page);

    [Function(nameof(GetDashboardFile))]
    public static IResult GetDashboardFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard/{*path}")] HttpRequest request,
        string? path
    ) => File(request, string.IsNullOrEmpty(path) ? Page : path);

    private static IResult File(HttpRequest request, string path)
    {
        if (!Files.TryGetValue(path, out var file))
        {
            return Problems.NotFound("file_not_found", $"The dashboard has no file '{path}'.");
        }

        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers[HeaderNames.CacheControl] = "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(file.Content, ContentTypeOf(path), entityTag: file.Tag);
    }

    private static DashboardFile Read(string resource)
    {
        using var stream = typeof(GetDashboard).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new DashboardFile(content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\""));
    }

    private static string ContentTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };

    private sealed record DashboardFile(byte[] Content, EntityTagHeaderValue Tag);
}
