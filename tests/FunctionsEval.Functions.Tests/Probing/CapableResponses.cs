using System.Text.Json.Nodes;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Probing;

/// <summary>
/// A <see cref="CapableEndpoint"/> behind the Responses API, which has neither seed nor stop texts and refuses them.
/// </summary>
internal sealed class CapableResponses(CapableEndpoint endpoint)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var body = JsonNode.Parse(ModelServer.BodyOf(context).GetRawText())!.AsObject();
        if (((string[])["seed", "stop", "messages", "max_tokens"]).FirstOrDefault(body.ContainsKey) is { } unknown)
        {
            await Replies.Error(400, "unknown_parameter", unknown)(context);
            return;
        }

        var reply = ToResponse(endpoint.Chat(ToChat(body)));
        if (body["stream"]?.GetValue<bool>() != true)
        {
            await Replies.Json(200, reply.ToJsonString())(context);
            return;
        }

        var text = (string)reply["output"]![0]!["content"]![0]!["text"]!;
        await Replies.Events(
            new JsonObject
            {
                ["type"] = "response.output_text.delta",
                ["output_index"] = 0,
                ["content_index"] = 0,
                ["delta"] = text,
            }.ToJsonString(),
            new JsonObject { ["type"] = "response.completed", ["response"] = reply }.ToJsonString()
        )(context);
    }

    private static JsonObject ToChat(JsonObject body)
    {
        var chat = new JsonObject
        {
            ["model"] = (string?)body["model"],
            ["messages"] = new JsonArray([.. body["input"]!.AsArray().Select(turn => ToTurn(turn!))]),
            ["max_tokens"] = body["max_output_tokens"]!.DeepClone(),
            ["temperature"] = body["temperature"]?.DeepClone(),
            ["logprobs"] = body["include"] is not null,
            ["top_logprobs"] = body["top_logprobs"]?.DeepClone(),
        };
        if (body["tools"] is { } tools)
        {
            chat["tools"] = tools.DeepClone();
        }

        if (body["text"]?["format"] is { } format)
        {
            chat["response_format"] = new JsonObject { ["json_schema"] = format.DeepClone() };
        }

        return chat;
    }

    private static JsonObject ToTurn(JsonNode turn) =>
        new()
        {
            ["role"] = (string?)turn["role"],
            ["content"] = turn["content"] is JsonArray parts
                ? new JsonArray([
                    .. parts.Select(part =>
                        (string?)part!["type"] == "input_image"
                            ? new JsonObject { ["image_url"] = new JsonObject { ["url"] = (string?)part["image_url"] } }
                            : part.DeepClone()
                    ),
                ])
                : turn["content"]!.DeepClone(),
        };

    private static JsonObject ToResponse(JsonObject reply)
    {
        var choice = reply["choices"]![0]!;
        var calls = choice["message"]!["tool_calls"]?.AsArray();
        return new JsonObject
        {
            ["object"] = "response",
            ["status"] = "completed",
            ["model"] = (string?)reply["model"],
            ["output"] = calls is null
                ? new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "message",
                        ["content"] = new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "output_text",
                                ["text"] = (string?)choice["message"]!["content"],
                                ["logprobs"] = choice["logprobs"]?["content"]?.DeepClone(),
                            }
                        ),
                    }
                )
                : new JsonArray([
                    .. calls.Select(call => new JsonObject
                    {
                        ["type"] = "function_call",
                        ["call_id"] = (string?)call!["id"],
                        ["name"] = (string?)call["function"]!["name"],
                        ["arguments"] = (string?)call["function"]!["arguments"],
                    }),
                ]),
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = reply["usage"]!["prompt_tokens"]!.DeepClone(),
                ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 1 },
                ["output_tokens"] = reply["usage"]!["completion_tokens"]!.DeepClone(),
            },
        };
    }
}
