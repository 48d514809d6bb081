using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>What the sample models' endpoint refuses. Oracle of the shapes: the API references of OpenAI and Azure OpenAI.</summary>
public sealed class OpenAiRefusalTests(SampleModelFixture models) : IClassFixture<SampleModelFixture>
{
    [Fact]
    public async Task Azure_unknown_deployment_is_not_found()
    {
        var body = await models.PostAsync(
            "/openai/deployments/none/chat/completions?api-version=2024-10-21",
            SampleModelFixture.Ticket("hello"),
            status: 404
        );
        Assert.Equal("DeploymentNotFound", (string)body["error"]!["code"]!);
    }

    [Fact]
    public async Task Azure_without_an_api_version_is_not_found()
    {
        var body = await models.PostAsync(
            "/openai/deployments/tickets-tuned/chat/completions",
            SampleModelFixture.Ticket("hello"),
            status: 404
        );
        Assert.Equal("404", (string)body["error"]!["code"]!);
    }

    [Fact]
    public async Task Unknown_model_is_not_found()
    {
        var body = await models.PostAsync(
            SampleModelFixture.Chat,
            new { model = "gpt-none", messages = new[] { new { role = "user", content = "hello" } } },
            status: 404
        );
        Assert.Equal("invalid_request_error", (string)body["error"]!["type"]!);
        Assert.Equal("model_not_found", (string)body["error"]!["code"]!);
        Assert.Contains("gpt-none", (string)body["error"]!["message"]!);
    }

    [Fact]
    public async Task Azure_refuses_the_key_wrong_with_code_401()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/openai/deployments/tickets-tuned/chat/completions?api-version=2024-10-21"
        )
        {
            Content = JsonContent.Create(SampleModelFixture.Ticket("hello")),
        };
        request.Headers.Add("api-key", "wrong");
        using var response = await models.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("401", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!);
    }

    [Theory]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("api-key", "wrong")]
    public async Task The_key_wrong_is_refused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, SampleModelFixture.Chat)
        {
            Content = JsonContent.Create(SampleModelFixture.Ticket("hello")),
        };
        request.Headers.Add(header, value);
        using var response = await models.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("invalid_api_key", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"]!);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"model":"tickets-tuned"}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[]}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[null]}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"nobody","content":"x"}]}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":"\ud800"}]}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":"x"}],"temperature":3}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":"x"}],"top_logprobs":2}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":"x"}],"n":2}""")]
    [InlineData("""{"model":"tickets-tuned","messages":[{"role":"user","content":"x"}],"max_tokens":0}""")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""")]
    public async Task Bad_chat_request_is_an_invalid_request_error(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await models.Http.PostAsync(SampleModelFixture.Chat, content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["type"]!);
    }

    [Fact]
    public async Task Echo_with_logprobs_is_refused_by_a_model_without_probabilities_of_text()
    {
        var body = await models.PostAsync(
            SampleModelFixture.Text,
            new
            {
                model = "summary-lead",
                prompt = "Text.",
                max_tokens = 0,
                echo = true,
                logprobs = 1,
            },
            status: 400
        );
        Assert.Equal("logprobs", (string)body["error"]!["param"]!);
    }

    [Fact]
    public async Task Unknown_path_is_an_openai_error()
    {
        var body = await models.PostAsync("/v1/embeddings", new { }, status: 404);
        Assert.Equal("unknown_url", (string)body["error"]!["code"]!);
    }
}
