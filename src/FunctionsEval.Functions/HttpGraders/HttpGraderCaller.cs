using System.Collections.Concurrent;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>Has answers graded by HTTP graders. All requests to them go through this class.</summary>
internal sealed class HttpGraderCaller(
    IOptions<HttpGraderOptions> options,
    ModelTransport transport,
    IOptions<CallRetryOptions> waits,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, GraderQueue> _queues = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Has an answer graded.</summary>
    /// <param name="spec">The grader, and what its grade must be.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="confirm">Waited for right before a request with it is sent; null for nothing. It throws where nothing may be sent any more.</param>
    /// <param name="sendNoMore">Stops before an attempt.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The grade; or, when there is none yet, why.</returns>
    public async Task<(Grade? Grade, ModelCallResult? Stopped)> GradeAsync(
        HttpGraderSpec spec,
        GradedAnswer answer,
        Func<CancellationToken, Task>? confirm,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        if (!options.Value.Http.TryGetValue(spec.Endpoint, out var target))
        {
            return (
                null,
                new ModelCallResult.Misconfigured($"HTTP grader '{spec.Endpoint}' is no longer configured.")
                {
                    Code = "grader_misconfigured",
                }
            );
        }

        var waiting = new WaitingAnswer(spec, BodyOf(answer), confirm, sendNoMore, cancellationToken);
        _queues.GetOrAdd(spec.Endpoint, name => CreateQueue(name, target)).Add(waiting);
        return await waiting.Ended;
    }

    /// <summary>How long one request to a grader may take; zero for one that is no longer configured.</summary>
    /// <param name="spec">The grader.</param>
    public TimeSpan TimeoutOf(HttpGraderSpec spec) =>
        options.Value.Http.TryGetValue(spec.Endpoint, out var target) ? target.Timeout : TimeSpan.Zero;

    private GraderQueue CreateQueue(string name, HttpGraderTarget target) =>
        new(name, target, new GraderSender(name, target, transport, time).SendAsync, waits.Value, time);

    private static byte[] BodyOf(GradedAnswer answer)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("sample");
            answer.Answer.WriteTo(writer);
            writer.WritePropertyName("item");
            if (answer.Item.ValueKind == JsonValueKind.Object)
            {
                answer.Item.WriteTo(writer);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }

            writer.WriteStartArray("references");
            foreach (var reference in answer.Sample.References)
            {
                writer.WriteStringValue(reference);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

/// <summary>Has an answer graded, as <see cref="HttpGraderCaller"/> does.</summary>
internal delegate Task<(Grade? Grade, ModelCallResult? Stopped)> HttpGraderCall(
    HttpGraderSpec spec,
    GradedAnswer answer,
    CancellationToken sendNoMore,
    CancellationToken cancellationToken
);
