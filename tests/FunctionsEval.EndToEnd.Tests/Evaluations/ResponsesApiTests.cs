using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>The sample suites through the Responses API. Oracle: the same models through chat completions.</summary>
public sealed class ResponsesApiTests(SampleModelApp shared)
{
    private const string ThroughResponses = SampleModelApp.ThroughResponses;

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
        var app = await shared.AppAsync();
        var text = (await shared.ModelsAsync()).ModelIds.Aggregate(
            spec.ToJsonString(),
            (all, id) => all.Replace($"\"{id}\"", $"\"{prefix}{id}\"", StringComparison.Ordinal)
        );
        var run = await app.EvaluateAsync(
            $"api-{prefix}{(isStreamed ? "streamed-" : "")}{suite}/test.jsonl",
            text,
            SampleSuites.Rows(suite, "test.jsonl").Select(row => row.ToJsonString())
        );
        Assert.True(run.GetString("Status") == "Completed", run.GetString("ErrorMessage"));
        return await app.SummaryAsync(run.PartitionKey);
    }

    /// <summary>A member of a summary; signatures in it name the judge's model.</summary>
    private static string TextOf(JsonObject summary, string member) =>
        summary[member]!.ToJsonString().Replace(ThroughResponses, "", StringComparison.Ordinal);
}
