using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>What becomes of an answer on its way.</summary>
internal enum Damage
{
    None,
    Throttled,
    Unavailable,
    ServerError,
    Reset,
    Truncated,
    Html,
    Empty,
    ToolCall,
}

/// <summary>What a chat endpoint replies: whole, refused or damaged.</summary>
internal static class RecordedReplies
{
    /// <summary>A whole answer.</summary>
    public static IResult Completion(string model, string text, JsonObject? logProbabilities) =>
        Results.Json(
            new
            {
                id = "chatcmpl-1",
                @object = "chat.completion",
                model,
                system_fingerprint = "fp_recorded",
                choices = new[]
                {
                    new
                    {
                        index = 0,
                        message = new { role = "assistant", content = text },
                        finish_reason = "stop",
                        logprobs = logProbabilities,
                    },
                },
                usage = new
                {
                    prompt_tokens = 10,
                    completion_tokens = 2,
                    total_tokens = 12,
                },
            }
        );

    /// <summary>A refusal in OpenAI's form.</summary>
    public static IResult Refusal(int status, string code) =>
        Results.Json(
            new
            {
                error = new
                {
                    message = "refused",
                    type = "error",
                    code,
                },
            },
            statusCode: status
        );

    /// <summary>The log probabilities of the answer's only token and of its <paramref name="most"/> likeliest alternatives.</summary>
    public static JsonObject LogProbabilities(IReadOnlyDictionary<string, double> probabilities, string text, int most)
    {
        var top = probabilities
            .OrderByDescending(token => token.Value)
            .Take(most)
            .Select(token => (JsonNode)new JsonObject { ["token"] = token.Key, ["logprob"] = Math.Log(token.Value) });
        return new JsonObject
        {
            ["content"] = new JsonArray(
                new JsonObject
                {
                    ["token"] = text,
                    ["logprob"] = Math.Log(probabilities[text]),
                    ["top_logprobs"] = new JsonArray([.. top]),
                }
            ),
        };
    }

    /// <summary>A reply that fails on its way.</summary>
    public static async Task<IResult> DamagedAsync(HttpContext context, Damage harm)
    {
        switch (harm)
        {
            case Damage.Throttled:
                context.Response.Headers.RetryAfter = "1";
                return Results.Json(new { error = new { message = "slow down", code = "rate_limit_exceeded" } }, statusCode: 429);
            case Damage.Unavailable:
                return Results.Text("busy", statusCode: 503);
            case Damage.ServerError:
                return Results.Json(new { error = new { message = "went wrong", type = "server_error" } }, statusCode: 500);
            case Damage.Html:
                return Results.Text("<html><body>Gateway</body></html>", "text/html");
            case Damage.Empty:
                return Results.Json(
                    new
                    {
                        id = "chatcmpl-1",
                        @object = "chat.completion",
                        choices = Array.Empty<object>(),
                    }
                );
            case Damage.ToolCall:
                return Results.Text(
                    """{"choices":[{"message":{"content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":7}}""",
                    "application/json"
                );
            case Damage.Truncated:
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 200;
                await context.Response.WriteAsync("""{"id":"chatcmpl-1","choices":[{"ind""");
                await context.Response.Body.FlushAsync();
                context.Abort();
                return Results.Empty;
            default:
                context.Abort();
                return Results.Empty;
        }
    }
}
