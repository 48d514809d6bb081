using FunctionsEval.Core.Datasets;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Answers requests whose body is larger than the host takes with 413. Kestrel's own limit ends the copying of the body to the worker, and
/// with it
/// the invocation, of which nobody could tell any more why.
/// </summary>
internal static class RequestBodyLimit
{
    /// <param name="app">The pipeline, of which the rest is guarded.</param>
    /// <param name="limit">Most bytes of a body.</param>
    public static void Guard(IApplicationBuilder app, long limit) =>
        app.Use(
            async (context, next) =>
            {
                if (context.Request.ContentLength > limit)
                {
                    await RefuseAsync(context, limit);
                    return;
                }

                var body = new LimitedBody(context.Request.Body, limit);
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

    private sealed class LimitedBody(Stream inner, long limit) : ForwardStream
    {
        private long _read;

        public bool IsExceeded => _read > limit;

        protected override long BytesRead => _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _read += read;
            return IsExceeded ? throw new IOException($"The body has more than {limit} bytes.") : read;
        }
    }
}
