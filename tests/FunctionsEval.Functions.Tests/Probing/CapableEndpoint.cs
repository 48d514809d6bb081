using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Probing;

/// <summary>
/// A model endpoint that has every feature and computes its answers, unless it is told to lack some: it then refuses a parameter, or takes
/// it and does nothing about it.
/// </summary>
internal sealed partial class CapableEndpoint
{
    /// <summary>Parameters that it refuses, as OpenAI does.</summary>
    public HashSet<string> Refuses { get; } = [];

    /// <summary>Parameters that it takes and ignores.</summary>
    public HashSet<string> Ignores { get; } = [];

    /// <summary>Roles that it refuses.</summary>
    public HashSet<string> RefusedRoles { get; } = [];

    /// <summary>Whether it sees images; if not, it refuses them.</summary>
    public bool SeesImages { get; init; } = true;

    /// <summary>Tokens of reasoning before each answer, which are part of <c>max_tokens</c>.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>The most tokens listed in each place.</summary>
    public int MaxTop { get; init; } = 20;

    /// <summary>The most calls of an answer.</summary>
    public int MaxCalls { get; init; } = 2;

    /// <summary>Whether it counts tokens.</summary>
    public bool CountsTokens { get; init; } = true;

    /// <summary>Prompt tokens that it billed.</summary>
    public int InputTokens { get; private set; }

    /// <summary>Answer tokens that it billed.</summary>
    public int OutputTokens { get; private set; }

    private int _answers;

    public async Task AnswerAsync(HttpContext context)
    {
        var body = JsonNode.Parse(ModelServer.BodyOf(context).GetRawText())!.AsObject();
        if (Refusal(body) is { } refusal)
        {
            await refusal(context);
            return;
        }

        foreach (var name in Ignores)
        {
            body.Remove(name);
        }

        context.Response.Headers["x-ratelimit-remaining-requests"] = $"{99 - _answers++}";
        var reply =
            context.Request.Path.Value!.EndsWith("/embeddings", StringComparison.Ordinal) ? Vectors(body)
            : body["prompt"] is not null ? Completed(body)
            : Chat(body);
        await (body["stream"]?.GetValue<bool>() == true ? StreamAsync(context, reply) : Replies.Json(200, reply.ToJsonString())(context));
    }

    private RequestDelegate? Refusal(JsonObject body)
    {
        var name = Refuses.FirstOrDefault(body.ContainsKey);
        if (name is not null)
        {
            return Replies.Error(400, "unsupported_parameter", name);
        }

        var turns = body["messages"]?.AsArray() ?? [];
        for (var i = 0; i < turns.Count; i++)
        {
            if (RefusedRoles.Contains((string)turns[i]!["role"]!))
            {
                return Replies.Error(400, "unsupported_value", $"messages[{i}].role");
            }
        }

        if (!SeesImages && turns.Any(turn => turn!["content"] is JsonArray))
        {
            return Replies.Json(400, """{"error":{"message":"This model does not support images.","code":"invalid_request_error"}}""");
        }

        return body["top_logprobs"] is { } top && top.GetValue<int>() > MaxTop ? Replies.Error(400, "invalid_value", "top_logprobs") : null;
    }

    /// <summary>Answers a chat request.</summary>
    public JsonObject Chat(JsonObject body)
    {
        var question = QuestionOf(body);
        var message = new JsonObject { ["role"] = "assistant" };
        var max = (body["max_tokens"] ?? body["max_completion_tokens"])!.GetValue<int>();
        var text = "";
        var reason = "stop";
        if (ReasoningTokens >= max)
        {
            (message["content"], reason) = ("", "length");
        }
        else if (body["tools"] is not null && Places(question) is { Length: > 0 } places)
        {
            message["content"] = null;
            message["tool_calls"] = new JsonArray([.. places.Take(MaxCalls).Select(Call)]);
            reason = "tool_calls";
        }
        else
        {
            text = TextFor(body, question);
            message["content"] = text;
        }

        return Envelope(
            body,
            new JsonObject
            {
                ["index"] = 0,
                ["message"] = message,
                ["finish_reason"] = reason,
                ["logprobs"] = body["logprobs"]?.GetValue<bool>() == true ? LogProbabilities(body, text) : null,
            },
            Math.Min(max, ReasoningTokens) + Words(text).Length
        );
    }

    /// <summary>Goes on with a text by its last word, or scores it: each token is as likely as it is short.</summary>
    private JsonObject Completed(JsonObject body)
    {
        var prompt = (string)body["prompt"]!;
        var isEcho = body["echo"]?.GetValue<bool>() == true;
        var tokens = Words(isEcho ? prompt : prompt.Split(' ')[^1]);
        var details = body["logprobs"] is null
            ? null
            : new JsonObject
            {
                ["tokens"] = new JsonArray([.. tokens.Select(token => JsonValue.Create(token))]),
                ["token_logprobs"] = new JsonArray([
                    .. tokens.Select((token, at) => isEcho && at == 0 ? null : (JsonNode)JsonValue.Create(LogProbabilityOf(token))),
                ]),
                ["top_logprobs"] = new JsonArray([.. tokens.Select(_ => Top(body["logprobs"]!.GetValue<int>()))]),
                ["text_offset"] = new JsonArray([
                    .. tokens.Select((_, at) => JsonValue.Create(tokens.Take(at).Sum(token => token.Length))),
                ]),
            };
        return Envelope(
            body,
            new JsonObject
            {
                ["index"] = 0,
                ["text"] = string.Concat(tokens),
                ["finish_reason"] = "stop",
                ["logprobs"] = details,
            },
            isEcho ? 0 : tokens.Length,
            isEcho ? tokens.Length : null
        );

        static JsonObject Top(int count) =>
            new([.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"t{i}", (JsonNode?)(-1.0 - i)))]);
    }

    private JsonObject Vectors(JsonObject body)
    {
        var text = (string)body["input"]![0]!;
        InputTokens += Words(text).Length;
        return new JsonObject
        {
            ["model"] = (string?)body["model"],
            ["data"] = new JsonArray(
                new JsonObject
                {
                    ["index"] = 0,
                    ["embedding"] = new JsonArray([.. text.Select(letter => JsonValue.Create(letter / 128.0))]),
                }
            ),
            ["usage"] = new JsonObject { ["prompt_tokens"] = Words(text).Length, ["total_tokens"] = Words(text).Length },
        };
    }

    private JsonObject Envelope(JsonObject body, JsonObject choice, int output, int? input = null)
    {
        var read = input ?? Words(QuestionOf(body)).Length;
        InputTokens += read;
        OutputTokens += output;
        var reply = new JsonObject
        {
            ["id"] = "c1",
            ["model"] = (string?)body["model"],
            ["system_fingerprint"] = "fp_1",
            ["choices"] = new JsonArray(choice),
        };
        if (CountsTokens)
        {
            reply["usage"] = new JsonObject
            {
                ["prompt_tokens"] = read,
                ["completion_tokens"] = output,
                ["total_tokens"] = read + output,
                ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Math.Min(output, ReasoningTokens) },
            };
        }

        return reply;
    }

    private string TextFor(JsonObject body, string question)
    {
        if (ColourOf(body) is { } colour)
        {
            return colour;
        }

        if (body["response_format"] is { } format)
        {
            var schema = format["json_schema"]?["schema"]?["properties"]?.AsObject().First().Key;
            return new JsonObject { [schema ?? "answer"] = "Paris" }.ToJsonString();
        }

        var text = Counting().Match(question) is { Success: true } count
            ? string.Join(' ', Enumerable.Range(int.Parse(count.Groups[1].Value), int.Parse(count.Groups[2].Value)))
            : Words(question)[^1];
        // Without a seed, no two answers are the same.
        text += body["temperature"]?.GetValue<double>() == 1 ? $" {body["seed"]?.ToString() ?? $"{_answers}"}" : "";
        var stop = (string?)body["stop"]?[0];
        return stop is not null && text.Contains(stop, StringComparison.Ordinal)
            ? text[..text.IndexOf(stop, StringComparison.Ordinal)]
            : text;
    }

    private static async Task StreamAsync(HttpContext context, JsonObject reply)
    {
        var choice = reply["choices"]![0]!;
        var usage = reply["usage"]?.DeepClone();
        List<string> events =
        [
            .. Words((string?)choice["message"]?["content"] ?? (string?)choice["text"] ?? "")
                .Select(word =>
                    choice["message"] is null
                        ? new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["text"] = word }) }
                        : new JsonObject
                        {
                            ["choices"] = new JsonArray(
                                new JsonObject
                                {
                                    ["index"] = 0,
                                    ["delta"] = new JsonObject { ["content"] = word },
                                }
                            ),
                        }
                )
                .Select(piece => piece.ToJsonString()),
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            new JsonObject { ["choices"] = new JsonArray(), ["usage"] = usage }.ToJsonString(),
            "[DONE]",
        ];
        await Replies.Events([.. events])(context);
    }

    private static JsonObject LogProbabilities(JsonObject body, string text) =>
        new()
        {
            ["content"] = new JsonArray([
                .. Words(text)
                    .Select(word => new JsonObject
                    {
                        ["token"] = word,
                        ["logprob"] = LogProbabilityOf(word),
                        ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(word).Select(value => JsonValue.Create((int)value))]),
                        ["top_logprobs"] = new JsonArray([
                            .. Enumerable
                                .Range(0, body["top_logprobs"]?.GetValue<int>() ?? 0)
                                .Select(i => new JsonObject
                                {
                                    ["token"] = i == 0 ? word : $"t{i}",
                                    ["logprob"] = LogProbabilityOf(word) - i,
                                }),
                        ]),
                    }),
            ]),
        };

    private static double LogProbabilityOf(string token) => -0.1 * token.Length;

    private static JsonObject Call(string place, int index) =>
        new()
        {
            ["id"] = $"call_{index}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "get_tide", ["arguments"] = new JsonObject { ["port"] = place }.ToJsonString() },
        };

    private static string QuestionOf(JsonObject body) =>
        body["prompt"] is { } prompt ? (string)prompt!
        : body["messages"]!.AsArray()[^1]!["content"] is JsonArray parts ? (string)parts[0]!["text"]!
        : (string)body["messages"]!.AsArray()[^1]!["content"]!;

    /// <summary>The colour of an image's first pixel, as far as this model knows colours.</summary>
    private static string? ColourOf(JsonObject body)
    {
        if (body["messages"]!.AsArray()[^1]!["content"] is not JsonArray parts)
        {
            return null;
        }

        var png = Convert.FromBase64String(((string)parts[1]!["image_url"]!["url"]!).Split(',')[1]);
        for (var at = 8; at < png.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (Encoding.ASCII.GetString(png, at + 4, 4) == "IDAT")
            {
                using var pixels = new ZLibStream(new MemoryStream(png, at + 8, length), CompressionMode.Decompress);
                Span<byte> first = stackalloc byte[4];
                pixels.ReadExactly(first);
                return first[1] > first[2] + first[3] ? "red" : "another colour";
            }

            at += 12 + length;
        }

        return null;
    }

    private static string[] Places(string question) => [.. Place().Matches(question).Select(match => match.Groups[1].Value)];

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"\s*\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"at ([A-Z]\w+)")]
    private static partial Regex Place();

    [GeneratedRegex(@"Count from (\d) to (\d)")]
    private static partial Regex Counting();
}
