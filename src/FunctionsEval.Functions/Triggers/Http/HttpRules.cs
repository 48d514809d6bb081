using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>The rules that apply to the answers of every HTTP function, whatever host runs it.</summary>
internal sealed class HttpRules : IFunctionsWorkerMiddleware
{
    /// <summary>A header of CloudEvents in their binary mode, whose body is of any type.</summary>
    private const string CloudEventHeader = "ce-type";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            // A browser must not take a model's text for a page or a script.
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
    /// The answer to a request that is refused; null for one that is passed on. A POST must have the content type of JSON. A web page can
    /// send other types to another site without a preflight request, but not JSON and custom headers.
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

        var given = string.IsNullOrEmpty(request.ContentType)
            ? "The request has no Content-Type."
            : $"The request's Content-Type is '{request.ContentType}'.";
        return Problems.UnsupportedMediaType($"Send the body as JSON, with the header Content-Type: application/json. {given}");
    }

    private static bool HasBody(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
}
