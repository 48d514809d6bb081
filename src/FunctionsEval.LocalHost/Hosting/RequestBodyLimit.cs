using FunctionsEval.Core.Datasets;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Answers requests whose body is larger than the host takes with 413. Kestrel's own limit ends the copying of the body to the worker. The
/// invocation ends with it, and nobody could tell why.
/// </summary>
internal static class RequestBodyLimit
{
    /// <param name="app">The pipeline, of which the rest is guarded.</param>
    /// <param name="limit">Maximum number of bytes of a body.</param>
    public static void Guard(IApplicationBuilder app, long limit) =>
        app.Use(
            async (context, next) =>
            {
                if (context.Request.ContentLength > limit)
                {
                    await RefuseAsync(context, limit);
                    return;
                }

                var body = new BoundedStream(context.Request.Body, limit);
                context.Request.Body = body;
                await next(context);
                if (body.IsExceeded && !context.Response.HasStarted)
                {
                    context.Response.Clear();
                    await RefuseAsync(context, limit);
                }
            }
        );

    private static Task RefuseAsync(HttpContext context, long limit) =>
        LocalRequests.WriteProblemAsync(
            context,
            StatusCodes.Status413PayloadTooLarge,
            "body_too_large",
            $"A request has at most {limit} bytes ({HttpFrontend.BodyLimitSetting}). Upload larger datasets to the datasets container."
        );
}
