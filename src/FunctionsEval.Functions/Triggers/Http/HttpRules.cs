using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>What every HTTP function answers alike, whatever host is before it.</summary>
internal sealed class HttpRules : IFunctionsWorkerMiddleware
{
    /// <summary>A header of CloudEvents in their binary mode, whose body is of any type.</summary>
    private const string CloudEventHeader = "ce-type";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            // What a model wrote must not be taken for a page or a script, whatever its text looks like.
            http.Response.Headers.XContentTypeOptions = "nosniff";
            if (Refuse(http.Request) is { } refusal)
            {
                context.GetInvocationResult().Value = refusal;
                return;
            }
        }

        await next(context);
    }

    /// <summary>
    /// The answer to a request that is not passed on; null for one that is. A POST brings JSON, and says so: a web page can send any other
    /// type to
    /// another site without asking it first, JSON and headers of its own it cannot.
    /// </summary>
    public static IResult? Refuse(HttpRequest request)
    {
        if (
            !HttpMethods.IsPost(request.Method)
            || !HasBody(request)
            || request.HasJsonContentType()
            || request.Headers.ContainsKey(CloudEventHeader)
        )
        {
            return null;
        }

        var given = string.IsNullOrEmpty(request.ContentType) ? "The request has no Content-Type." : $"The request's Content-Type is '{request.ContentType}'.";
        return Problems.UnsupportedMediaType($"Send the body as JSON, with the header Content-Type: application/json. {given}");
    }

    private static bool HasBody(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
}
