using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>One running sample endpoint for all tests of a class.</summary>
public sealed class SampleModelFixture : IAsyncLifetime
{
    /// <summary>OpenAI's route of chat completions.</summary>
    internal const string Chat = "/v1/chat/completions";

    /// <summary>OpenAI's route of completions of a text.</summary>
    internal const string Text = "/v1/completions";

    /// <summary>A chat request for the classifier of tickets.</summary>
    internal static object Ticket(string content) =>
        new
        {
            model = "tickets-tuned",
            temperature = 0,
            messages = new[] { new { role = "user", content } },
        };

    public SampleModelServer Server { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, TestContext.Current.CancellationToken);
        Http = new HttpClient { BaseAddress = Server.Endpoint };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Posts a body and reads the answer, whose status must be the expected one.</summary>
    public async Task<JsonObject> PostAsync(string path, object body, int status = 200)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }
}
