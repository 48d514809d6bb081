using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// A run whose baseline's answers are those of an earlier run. The oracle is a run of the same spec with both models living: the candidate's
/// answers follow from a rule, so that everything but times must be the same.
/// </summary>
public sealed class StoredBaselineTests
{
    private const int Rows = 60;
    private const string Old = "recorded-base";
    private const string Dataset = "stored/test.jsonl";

    /// <summary>The settings of the model that is gone after its run.</summary>
    private static readonly string[] OfOld = ["Provider", "Endpoint", "Deployment", "ApiKey", "InputPricePerMillionTokens"];

    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    [InlineData(60)]
    public async Task Comparison_equals_that_with_both_models_living_although_the_baselines_model_is_gone(int rowsPerShard)
    {
        await using var app = await StartAsync();
        var old = await app.EvaluateAsync(Dataset, Spec(Old), Parity.Rows("stored", Rows));
        var living = await app.StartedAsync(Dataset, Spec("recorded", baseline: Old));
        var asked = Asked(app, Old);
        await LoseOldAsync(app, rowsPerShard);

        var run = await app.StartedAsync(Dataset, Spec("recorded", baseline: "run:latest"));

        Assert.Equal(("Completed", Old), (run.GetString("Status"), run.GetString("Baseline")));
        Assert.Equal(old.PartitionKey, run.GetString("BaselineRun"));
        Assert.Equal(2 * Rows, asked);
        Assert.Equal(asked, Asked(app, Old));
        var (expected, actual) = (await app.SummaryAsync(living.PartitionKey), await app.SummaryAsync(run.PartitionKey));
        foreach (var part in new[] { "metrics", "tables", "outcomes", "coverage", "verdict", "unparsableRate" })
        {
            Assert.Equal(expected[part]?.ToJsonString(), actual[part]?.ToJsonString());
        }

        Assert.NotEmpty(actual["metrics"]!.AsArray().Where(line => line!["difference"] is not null));
        AssertPaidNothing(run, actual);
    }

    private static void AssertPaidNothing(TableEntity run, JsonObject summary)
    {
        Assert.Equal(
            (0L, 0L, 0L, 0.0),
            (
                run.GetInt64("BaselineRequests"),
                run.GetInt64("BaselineInputTokens"),
                run.GetInt64("BaselineOutputTokens"),
                run.GetDouble("BaselineCost")
            )
        );
        Assert.True(run.GetDouble("CandidateCost") > 0);
        Assert.Equal("""{"inputTokens":0,"outputTokens":0,"cost":0}""", summary["usage"]!["baseline"]!.ToJsonString());
    }

    private static async Task<EvaluationApp> StartAsync(bool withProxy = false)
    {
        var app = await EvaluationApp.StartAsync(
            withProxy,
            ("Evaluation__MinRowsPerShard", "10"),
            ("Evaluation__MaxRowsPerShard", "10"),
            ("Models__recorded__InputPricePerMillionTokens", "100"),
            ("Models__recorded__OutputPricePerMillionTokens", "1000"),
            ($"Models__{Old}__InputPricePerMillionTokens", "50"),
            ($"Models__{Old}__OutputPricePerMillionTokens", "500")
        );
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.AnswerOf[Old] = OldAnswer;
        return app;
    }

    /// <summary>The app forgets the model, and shards are cut anew.</summary>
    private static Task LoseOldAsync(EvaluationApp app, int rowsPerShard = 10) =>
        app.RestartAsync([
            .. OfOld.Append("OutputPricePerMillionTokens").Select(name => ($"Models__{Old}__{name}", (string?)null)),
            ("Evaluation__MinRowsPerShard", $"{rowsPerShard}"),
            ("Evaluation__MaxRowsPerShard", $"{rowsPerShard}"),
        ]);

    /// <summary>Wrong where a number ends in 3 or 4.</summary>
    private static (int Status, string Text) OldAnswer(string prompt)
    {
        var number = int.Parse(prompt.Split(' ')[^1], CultureInfo.InvariantCulture);
        return (200, (number % 10) is 3 or 4 == (number % 2 == 0) ? "odd" : "even");
    }

    private static int Asked(EvaluationApp app, string model) =>
        app.Endpoint.RequestsOf.Where(request => request.Key.Model == model).Sum(request => request.Value);

    private static string Spec(string model, string? baseline = null, string limits = "") =>
        $$"""
            { "task": "classification", "model": "{{model}}", {{(baseline is null ? "" : $"\"baseline\": \"{baseline}\",")}}
              "labels": ["even", "odd"], "metrics": ["accuracy", "f1", "cost", "answer_length"], "slices": ["kind"],
              {{(limits.Length == 0 ? "" : $"\"limits\": {limits},")}}
              "gate": { "rules": [ {{(
                baseline is null
                    ? """{ "metric": "accuracy", "minimum": 0.1 }"""
                    : """{ "metric": "accuracy", "notWorseThanBaselineBy": 0.2 }, { "maximumCost": 1 }"""
            )}} ] } }
            """;
}
