namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Distinguishes requests of this machine's programs from requests that a web page makes in a local browser. A server on 127.0.0.1 without
/// keys is open to both: a page may send requests across sites, and where its own name leads to 127.0.0.1 (DNS rebinding) it may read the
/// answers.
/// </summary>
internal static class LocalRequests
{
    /// <summary>The names of this machine. They include no other machine's name, and none that DNS resolves.</summary>
    private static readonly string[] Names = ["127.0.0.1", "localhost", "[::1]"];

    /// <summary>Why a request is refused, and the fix; null when it is accepted.</summary>
    /// <param name="request">The request.</param>
    /// <param name="port">The port that received it.</param>
    public static string? FindProblem(HttpRequest request, int port)
    {
        string[] hosts = [.. Names.Select(name => port == 80 ? name : $"{name}:{port}")];
        if (!hosts.Contains(request.Host.Value, StringComparer.OrdinalIgnoreCase))
        {
            return $"The request is for another host (header Host). This app is at http://{hosts[0]}/ and http://{hosts[1]}/ only.";
        }

        if (
            request.Headers.Origin is { Count: > 0 } origin
            && !hosts.Any(host => string.Equals(origin.ToString(), $"http://{host}", StringComparison.OrdinalIgnoreCase))
        )
        {
            return "The request comes from a web page of another origin (header Origin). "
                + "Pages of this app, and programs, which send no Origin, may call it.";
        }

        return IsCrossSite(request.Headers) && !IsVisit(request)
            ? "The request comes from a web page of another site (header Sec-Fetch-Site). Open the address itself."
            : null;
    }

    /// <summary>
    /// Answers requests for other hosts and from other origins with 403, and passes everything else to the rest of the pipeline. It also
    /// forbids browsers to guess an answer's type.
    /// </summary>
    public static void Guard(IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.XContentTypeOptions = "nosniff";
                    return Task.CompletedTask;
                });
                if (FindProblem(context.Request, context.Connection.LocalPort) is { } problem)
                {
                    await WriteProblemAsync(context, StatusCodes.Status403Forbidden, "foreign_request", problem);
                }
                else
                {
                    await next(context);
                }
            }
        );

    /// <summary>Answers with problem details as the app's own are.</summary>
    public static Task WriteProblemAsync(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new
            {
                status,
                detail,
                code,
            },
            options: null,
            "application/problem+json",
            context.RequestAborted
        );
    }

    private static bool IsCrossSite(IHeaderDictionary headers) =>
        headers["Sec-Fetch-Site"] is { Count: > 0 } site && site != "same-origin" && site != "none";

    /// <summary>Somebody follows a link to the app.</summary>
    private static bool IsVisit(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";
}
