using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>Oracle of the shapes: the API references of OpenAI and Azure OpenAI.</summary>
public sealed class OpenAiEndpointTests(SampleModelFixture models) : IClassFixture<SampleModelFixture>
{
    [Fact]
    public async Task Models_are_listed()
    {
        var list = JsonNode.Parse(await models.Http.GetStringAsync("/v1/models"))!;
        Assert.Equal("list", (string)list["object"]!);
        Assert.Equal(
            [
                "tickets-tuned",
                "tickets-base",
                "summary-textrank",
                "summary-lead",
                "lm-trigram",
                "lm-unigram",
                "harbour-tuned",
                "harbour-base",
                "orders-tuned",
                "orders-base",
                "faults-tuned",
                "faults-base",
                "rent-tuned",
                "rent-base",
                "advice-tuned",
                "advice-base",
                "pair-judge",
            ],
            list["data"]!.AsArray().Select(model => (string)model!["id"]!)
        );
        Assert.Equal(17, models.Server.ModelIds.Count);
    }

    [Theory]
    [InlineData(false, "auto", "switch_light")]
    [InlineData(true, "auto", "switch_light")]
    [InlineData(false, "none", null)]
    public async Task Chat_calls_the_tools_that_are_offered(bool stream, string toolChoice, string? function)
    {
        object body = new
        {
            model = "harbour-tuned",
            stream,
            tool_choice = toolChoice,
            messages = new[] { new { role = "user", content = "Please turn off the lamp of pier C." } },
            tools = SampleSuites.Rows("tool-calls", "test.jsonl")[0]["tools"],
        };

        using var response = await models.Http.PostAsync(
            "/v1/chat/completions",
            JsonContent.Create(body),
            TestContext.Current.CancellationToken
        );
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(function is not null, text.Contains("\"finish_reason\":\"tool_calls\"", StringComparison.Ordinal));
        Assert.Equal(function is not null, text.Contains("\"name\":\"switch_light\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoint_is_on_the_loopback_interface() => Assert.Equal("127.0.0.1", models.Server.Endpoint.Host);

    [Fact]
    public async Task Chat_answers_with_a_message_usage_and_finish_reason()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model = "tickets-tuned",
                temperature = 0,
                messages = new[] { new { role = "system", content = "One label." }, new { role = "user", content = "I cannot log in!" } },
            }
        );

        Assert.StartsWith("chatcmpl-", (string)answer["id"]!);
        Assert.Equal("chat.completion", (string)answer["object"]!);
        Assert.Equal("tickets-tuned", (string)answer["model"]!);
        var choice = Assert.Single(answer["choices"]!.AsArray())!;
        Assert.Equal("assistant", (string)choice["message"]!["role"]!);
        Assert.Equal("login", (string)choice["message"]!["content"]!);
        Assert.Equal("stop", (string)choice["finish_reason"]!);
        Assert.Null(choice["logprobs"]);
        // One|label|. and I|cannot|log|in|!
        Assert.Equal(8, (int)answer["usage"]!["prompt_tokens"]!);
        Assert.Equal(1, (int)answer["usage"]!["completion_tokens"]!);
        Assert.Equal(9, (int)answer["usage"]!["total_tokens"]!);
    }

    [Fact]
    public async Task Chat_top_logprobs_are_the_labels_posteriors()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model = "tickets-base",
                temperature = 0,
                logprobs = true,
                top_logprobs = 9,
                messages = new[] { new { role = "user", content = "please help" } },
            }
        );

        var token = Assert.Single(answer["choices"]![0]!["logprobs"]!["content"]!.AsArray())!;
        var top = token["top_logprobs"]!.AsArray();
        Assert.Equal(9, top.Count);
        Assert.Equal((string)token["token"]!, (string)top[0]!["token"]!);
        Assert.Equal(1, top.Sum(alternative => Math.Exp((double)alternative!["logprob"]!)), 1e-9);
        Assert.Equal((string)token["token"]!, Encoding.UTF8.GetString([.. token["bytes"]!.AsArray().Select(value => (byte)(int)value!)]));
    }

    [Fact]
    public async Task Chat_content_may_be_a_list_of_text_parts()
    {
        var parts = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model = "tickets-tuned",
                temperature = 0,
                messages = new[]
                {
                    new
                    {
                        role = "user",
                        content = new[] { new { type = "text", text = "Where is my " }, new { type = "text", text = "parcel?" } },
                    },
                },
            }
        );
        Assert.Equal("shipping", (string)parts["choices"]![0]!["message"]!["content"]!);
    }

    [Fact]
    public async Task Chat_stops_at_the_token_limit_with_reason_length()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model = "summary-lead",
                max_completion_tokens = 3,
                messages = new[] { new { role = "user", content = "Summarise.\n\nThe old bridge is closed. It reopens in May." } },
            }
        );
        Assert.Equal("The old bridge", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("length", (string)answer["choices"]![0]!["finish_reason"]!);
        Assert.Equal(3, (int)answer["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Chat_ends_before_a_stop_string()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Chat,
            new
            {
                model = "summary-lead",
                stop = new[] { "dge is" },
                messages = new[] { new { role = "user", content = "Summarise.\n\nThe old bridge is closed. It reopens in May." } },
            }
        );
        Assert.Equal("The old bri", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)answer["choices"]![0]!["finish_reason"]!);
    }

    [Fact]
    public async Task Chat_stream_says_the_same_as_the_plain_answer_and_ends_with_done()
    {
        object Request(bool stream) =>
            new
            {
                model = "summary-lead",
                temperature = 0,
                stream,
                stream_options = stream ? new { include_usage = true } : null,
                messages = new[] { new { role = "user", content = "The old bridge is closed. It reopens in May." } },
            };
        var plain = await models.PostAsync(SampleModelFixture.Chat, Request(stream: false));
        using var response = await models.Http.PostAsJsonAsync(SampleModelFixture.Chat, Request(stream: true));
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!).ToArray();
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string)chunk["object"]!));
        Assert.Equal("assistant", (string)chunks[0]["choices"]![0]!["delta"]!["role"]!);
        Assert.Equal(
            (string)plain["choices"]![0]!["message"]!["content"]!,
            string.Concat(chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]))
        );
        Assert.Equal("stop", (string)chunks[^2]["choices"]![0]!["finish_reason"]!);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.True(JsonNode.DeepEquals(plain["usage"], chunks[^1]["usage"]));
    }

    [Fact]
    public async Task Same_request_gets_the_same_bytes()
    {
        var request = new
        {
            model = "lm-trigram",
            prompt = "High water",
            max_tokens = 20,
            temperature = 1,
            seed = 7,
            logprobs = 2,
        };
        async Task<string> AnswerAsync()
        {
            using var response = await models.Http.PostAsJsonAsync(SampleModelFixture.Text, request);
            return await response.Content.ReadAsStringAsync();
        }
        Assert.Equal(await AnswerAsync(), await AnswerAsync());
    }

    [Fact]
    public async Task Another_seed_samples_another_text()
    {
        var texts = new HashSet<string>();
        for (var seed = 0; seed < 5; seed++)
        {
            var answer = await models.PostAsync(
                SampleModelFixture.Text,
                new
                {
                    model = "lm-trigram",
                    prompt = "The",
                    max_tokens = 20,
                    temperature = 1,
                    seed,
                }
            );
            texts.Add((string)answer["choices"]![0]!["text"]!);
        }
        Assert.True(texts.Count > 1);
    }

    [Fact]
    public async Task Completions_echo_scores_the_prompt_without_generating()
    {
        const string Prompt = "High water is at ten past nine, and low wåter 🌊 at\nzwölf. ";
        var answer = await models.PostAsync(
            SampleModelFixture.Text,
            new
            {
                model = "lm-trigram",
                prompt = Prompt,
                max_tokens = 0,
                echo = true,
                logprobs = 3,
            }
        );

        Assert.StartsWith("cmpl-", (string)answer["id"]!);
        Assert.Equal("text_completion", (string)answer["object"]!);
        var choice = answer["choices"]![0]!;
        Assert.Equal(Prompt, (string)choice["text"]!);
        Assert.Equal("length", (string)choice["finish_reason"]!);
        var tokens = choice["logprobs"]!["tokens"]!.AsArray().Select(token => (string)token!).ToArray();
        Assert.Equal(Prompt, string.Concat(tokens));
        var logprobs = choice["logprobs"]!["token_logprobs"]!.AsArray();
        Assert.Null(logprobs[0]);
        Assert.All(logprobs.Skip(1), value => Assert.True((double)value! is < 0 and > -1000));
        var top = choice["logprobs"]!["top_logprobs"]!.AsArray();
        Assert.Null(top[0]);
        Assert.All(top.Skip(1), alternatives => Assert.InRange(alternatives!.AsObject().Count, 3, 4));
        Assert.Equal((double)logprobs[1]!, (double)top[1]![tokens[1]]!);
        var offsets = choice["logprobs"]!["text_offset"]!.AsArray().Select(offset => (int)offset!).ToArray();
        Assert.Equal(0, offsets[0]);
        Assert.Equal("High".Length, offsets[1]);
        Assert.Equal(Prompt.EnumerateRunes().Count() - 1, offsets[^1]);
        Assert.Equal(tokens.Length, (int)answer["usage"]!["prompt_tokens"]!);
        Assert.Equal(0, (int)answer["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Completions_without_echo_count_offsets_from_the_beginning_of_the_prompt()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Text,
            new
            {
                model = "lm-trigram",
                prompt = "High 🌊",
                max_tokens = 2,
                temperature = 0,
                logprobs = 0,
            }
        );
        var choice = answer["choices"]![0]!;
        Assert.Equal((string)choice["text"]!, string.Concat(choice["logprobs"]!["tokens"]!.AsArray().Select(token => (string)token!)));
        Assert.Equal("High 🌊".EnumerateRunes().Count(), (int)choice["logprobs"]!["text_offset"]![0]!);
    }

    [Fact]
    public async Task Completions_take_a_list_of_prompts()
    {
        var answer = await models.PostAsync(
            SampleModelFixture.Text,
            new
            {
                model = "lm-unigram",
                prompt = new[] { "One", "Two" },
                max_tokens = 1,
                temperature = 0,
            }
        );
        Assert.Equal([0, 1], answer["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        Assert.Equal(2, (int)answer["usage"]!["prompt_tokens"]!);
    }

    [Fact]
    public async Task Completions_stream_ends_with_reason_usage_and_done()
    {
        using var response = await models.Http.PostAsJsonAsync(
            SampleModelFixture.Text,
            new
            {
                model = "lm-trigram",
                prompt = "High",
                max_tokens = 4,
                temperature = 0,
                stream = true,
                stream_options = new { include_usage = true },
            }
        );
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!).ToArray();
        Assert.StartsWith(" water is at", string.Concat(chunks[..^1].Select(chunk => (string)chunk["choices"]![0]!["text"]!)));
        Assert.Equal("length", (string)chunks[^2]["choices"]![0]!["finish_reason"]!);
        Assert.Equal(4, (int)chunks[^1]["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task A_model_is_described_by_its_id()
    {
        var model = JsonNode.Parse(await models.Http.GetStringAsync("/v1/models/lm-trigram"))!;
        Assert.Equal("lm-trigram", (string)model["id"]!);
        Assert.Equal("model", (string)model["object"]!);
    }

    [Fact]
    public async Task Azure_route_takes_the_deployment_from_the_path()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/openai/deployments/tickets-tuned/chat/completions?api-version=2024-10-21"
        )
        {
            Content = JsonContent.Create(
                new { temperature = 0, messages = new[] { new { role = "user", content = "where is my parcel" } } }
            ),
        };
        request.Headers.Add("api-key", "anything");
        using var response = await models.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            "shipping",
            (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["message"]!["content"]!
        );
    }
}
