using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Streamed answers of a server that closes every connection after a stream, although it announces that it keeps it, and answers for
/// another model.
/// </summary>
public sealed class StreamTests
{
    private const int Samples = 400;

    private const string Spec = """
        { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "sampling": { "stream": true } }
        """;

    [Fact]
    public async Task Each_sample_is_asked_for_once_and_says_who_answered_and_how_fast()
    {
        await using var app = await EvaluationApp.StartAsync(("Models__recorded__MaxConcurrency", "8"));
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.AnsweringModel = _ => "another-model";
        app.Endpoint.ClosesAfterStream = true;
        var run = await app.EvaluateAsync("streamed/test.jsonl", Spec, Parity.Rows("streamed", Samples));

        Assert.Equal(
            ("Completed", Samples, (long?)Samples),
            (run.GetString("Status"), app.Endpoint.Total, run.GetInt64("CandidateRequests"))
        );
        Assert.Equal(
            ("another-model", "fp_recorded"),
            (run.GetString("CandidateAnsweredBy"), run.GetString("CandidateSystemFingerprints"))
        );
        Assert.All(
            ["CandidateTimeToFirstTokenMsP50", "CandidateTimeToFirstTokenMsP99", "CandidateTokensPerSecondP50"],
            column => Assert.True(run.GetDouble(column) > 0, column)
        );

        using var http = app.Http;
        var shown = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{run.PartitionKey}", TestContext.Current.CancellationToken);
        var warned = $"candidate: model 'recorded' was asked, but {Samples} of {Samples} answers name 'another-model' ({Samples}). ";
        Assert.Single(shown!["warnings"]!.AsArray(), warning => ((string)warning!).StartsWith(warned, StringComparison.Ordinal));
        var summary = await app.SummaryAsync(run.PartitionKey);
        Assert.Single(summary["warnings"]!.AsArray(), warning => ((string)warning!).StartsWith(warned, StringComparison.Ordinal));
        Assert.Equal(Samples, (long?)summary["answeredBy"]!["candidate"]!["models"]!["another-model"]);
        Assert.Equal(Samples, (long?)summary["streams"]!["candidate"]!["answers"]);
        Assert.True((double?)summary["streams"]!["candidate"]!["timeToFirstTokenMs"]!["p95"] > 0);
        var report = await http.GetStringAsync($"/api/evaluations/{run.PartitionKey}/report", TestContext.Current.CancellationToken);
        Assert.All(
            ["warning:", "another-model", ": time to the first token", ": tokens a second after it"],
            text => Assert.Contains(text, report, StringComparison.Ordinal)
        );
        var samples = await http.GetFromJsonAsync<JsonObject>(
            $"/api/evaluations/{run.PartitionKey}/samples?size=100",
            TestContext.Current.CancellationToken
        );
        Assert.All(
            samples!["samples"]!.AsArray(),
            sample =>
            {
                var answer = sample!["candidate"]!;
                Assert.Equal(("another-model", "fp_recorded"), ((string?)answer["model"], (string?)answer["systemFingerprint"]));
                Assert.True((double?)answer["timeToFirstTokenMs"] > 0 && (double?)answer["tokensPerSecond"] > 0);
            }
        );
    }
}
