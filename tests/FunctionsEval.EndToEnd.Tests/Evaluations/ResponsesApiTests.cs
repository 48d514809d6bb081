using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>The sample suites through the Responses API. Oracle: the same models through chat completions.</summary>
public sealed class ResponsesApiTests : IAsyncLifetime
{
    private const string ThroughResponses = "responses-";

    private SampleModelServer _models = null!;
    private EvaluationApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _models = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, TestContext.Current.CancellationToken);
        _app = await EvaluationApp.StartAsync([
            .. _models
                .ModelIds.SelectMany(id => SettingsOf(id, "", "Chat"))
                .Concat(_models.ModelIds.SelectMany(id => SettingsOf(id, ThroughResponses, "Responses"))),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _models.DisposeAsync();
    }

    [Theory]
    [InlineData("support-tickets")]
    [InlineData("tool-calls")]
    // A judge compares the answers.
    [InlineData("preference")]
    public async Task Suite_has_the_numbers_of_chat_completions_whole_and_streamed(string suite)
    {
        var chat = await EvaluateAsync(suite, "", isStreamed: false);
        var whole = await EvaluateAsync(suite, ThroughResponses, isStreamed: false);
        var streamed = await EvaluateAsync(suite, ThroughResponses, isStreamed: true);

        Assert.NotEmpty(chat["metrics"]!.AsArray());
        foreach (var member in new[] { "metrics", "outcomes", "usage" })
        {
            Assert.Equal(TextOf(chat, member), TextOf(whole, member));
            Assert.Equal(TextOf(chat, member), TextOf(streamed, member));
        }

        Assert.Null(chat["streams"]);
        Assert.Equal((long?)chat["outcomes"]!["candidate"]!["scored"], (long?)streamed["streams"]!["candidate"]!["answers"]);
    }

    private async Task<JsonObject> EvaluateAsync(string suite, string prefix, bool isStreamed)
    {
        var spec = SampleSuites.Spec(suite);
        spec.Remove("trainingFile");
        (spec["sampling"] ??= new JsonObject())["stream"] = isStreamed;
        var text = _models.ModelIds.Aggregate(
            spec.ToJsonString(),
            (all, id) => all.Replace($"\"{id}\"", $"\"{prefix}{id}\"", StringComparison.Ordinal)
        );
        var run = await _app.EvaluateAsync(
            $"{prefix}{(isStreamed ? "streamed-" : "")}{suite}/test.jsonl",
            text,
            SampleSuites.Rows(suite, "test.jsonl").Select(row => row.ToJsonString())
        );
        Assert.True(run.GetString("Status") == "Completed", run.GetString("ErrorMessage"));
        return await _app.SummaryAsync(run.PartitionKey);
    }

    /// <summary>A member of a summary; signatures in it name the judge's model.</summary>
    private static string TextOf(JsonObject summary, string member) =>
        summary[member]!.ToJsonString().Replace(ThroughResponses, "", StringComparison.Ordinal);

    private (string, string)[] SettingsOf(string id, string prefix, string api) =>
        [
            ($"Models__{prefix}{id}__Provider", "OpenAICompatible"),
            ($"Models__{prefix}{id}__Endpoint", new Uri(_models.Endpoint, "v1").AbsoluteUri),
            ($"Models__{prefix}{id}__Deployment", id),
            ($"Models__{prefix}{id}__Api", api),
        ];
}
