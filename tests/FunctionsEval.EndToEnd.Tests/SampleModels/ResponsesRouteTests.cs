using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>The Responses API over the sample models, in the shapes of OpenAI's API description.</summary>
public sealed class ResponsesRouteTests(SampleModelFixture models) : IClassFixture<SampleModelFixture>
{
    private const string Route = "/v1/responses";

    [Theory]
    [InlineData(Route)]
    [InlineData("/openai/v1/responses")]
    [InlineData("/openai/responses?api-version=2025-04-01-preview")]
    public async Task Text_is_answered_by_a_message_with_usage(string route)
    {
        var answer = await models.PostAsync(
            route,
            new
            {
                model = "tickets-tuned",
                temperature = 0,
                input = "I cannot log in!",
            }
        );

        Assert.Equal(("response", "completed"), ((string)answer["object"]!, (string)answer["status"]!));
        var item = Assert.Single(answer["output"]!.AsArray())!;
        Assert.Equal(("message", "login"), ((string)item["type"]!, (string)item["content"]![0]!["text"]!));
        Assert.Equal(
            (5, 1, 6),
            ((int)answer["usage"]!["input_tokens"]!, (int)answer["usage"]!["output_tokens"]!, (int)answer["usage"]!["total_tokens"]!)
        );
        Assert.Equal(0, (int)answer["usage"]!["input_tokens_details"]!["cached_tokens"]!);
    }

    [Fact]
    public async Task Answer_that_reaches_the_limit_is_incomplete()
    {
        var answer = await models.PostAsync(
            Route,
            new
            {
                model = "summary-lead",
                max_output_tokens = 3,
                input = new[] { new { role = "user", content = "One two three four five. Six." } },
            }
        );

        Assert.Equal("incomplete", (string)answer["status"]!);
        Assert.Equal("max_output_tokens", (string)answer["incomplete_details"]!["reason"]!);
        Assert.Equal(3, (int)answer["usage"]!["output_tokens"]!);
    }

    [Fact]
    public async Task Events_come_in_order_with_their_names_and_end_with_the_whole_response()
    {
        using var body = JsonContent.Create(
            new
            {
                model = "tickets-tuned",
                temperature = 0,
                stream = true,
                include = new[] { "message.output_text.logprobs" },
                top_logprobs = 2,
                input = "I cannot log in!",
            }
        );
        using var response = await models.Http.PostAsync(Route, body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item.Split('\n'))
            .Select(lines => (Name: lines[0]["event: ".Length..], Data: JsonNode.Parse(lines[1]["data: ".Length..])!))
            .ToList();

        Assert.Equal(
            [
                "response.created",
                "response.in_progress",
                "response.output_item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.done",
                "response.content_part.done",
                "response.output_item.done",
                "response.completed",
            ],
            events.Select(item => item.Name)
        );
        Assert.All(
            events.Index(),
            item => Assert.Equal((item.Index, item.Item.Name), ((int)item.Item.Data["sequence_number"]!, (string)item.Item.Data["type"]!))
        );
        Assert.Equal("login", (string)events[4].Data["delta"]!);
        Assert.Equal(2, events[4].Data["logprobs"]![0]!["top_logprobs"]!.AsArray().Count);
        Assert.Equal("login", (string)events[^1].Data["response"]!["output"]![0]!["content"]![0]!["text"]!);
    }

    [Theory]
    [InlineData("seed", "unknown_parameter")]
    [InlineData("stop", "unknown_parameter")]
    [InlineData("max_tokens", "unknown_parameter")]
    public async Task Parameters_of_chat_completions_are_refused(string name, string code)
    {
        var body = new JsonObject
        {
            ["model"] = "tickets-tuned",
            ["input"] = "a",
            [name] = name == "stop" ? "x" : 1,
        };
        var error = (await RefusedAsync(body.ToJsonString(), 400))["error"]!;

        Assert.Equal((name, code), ((string)error["param"]!, (string)error["code"]!));
    }

    [Theory]
    [InlineData("""{"model":"tickets-tuned"}""", 400)]
    [InlineData("""{"model":"tickets-tuned","input":[]}""", 400)]
    [InlineData("""{"model":"tickets-tuned","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:"}]}]}""", 400)]
    [InlineData("""{"model":"tickets-tuned","input":[1]}""", 400)]
    [InlineData("""{"model":"nobody","input":"a"}""", 404)]
    public async Task What_cannot_be_answered_is_refused(string body, int status) =>
        Assert.NotNull((await RefusedAsync(body, status))["error"]);

    private async Task<JsonNode> RefusedAsync(string body, int status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await models.Http.PostAsync(Route, content, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
