using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

/// <summary>The overview, the list of runs and the numbers over HTTP, of rows as versions before and after this one wrote them.</summary>
public sealed class GetEvaluationOverviewTests
{
    private const string RunId = "ev-1";

    private const string Summary = """
        {
          "runId": "ev-1", "name": "tickets", "task": "classification",
          "dataset": { "name": "tickets/test.jsonl", "eTag": "1", "bytes": 9, "samples": 400 },
          "models": { "candidate": "tuned|@team", "baseline": "base" }, "isComplete": true,
          "verdict": { "result": "pass", "rules": [ { "result": "pass", "reason": "accuracy 0.92 is at least 0.88" } ] },
          "outcomes": { "candidate": { "scored": 400 }, "baseline": { "scored": 400 } }, "coverage": { "candidate": 1, "baseline": 1 },
          "usage": { "candidate": { "inputTokens": 1, "outputTokens": 1, "cost": 0.11 }, "baseline": { "inputTokens": 1, "outputTokens": 1, "cost": 0.08 } },
          "metrics": [
            { "role": "candidate", "name": "accuracy", "slice": "all", "value": 0.92, "lower": 0.89, "upper": 0.943, "samples": 400,
              "higherIsBetter": true, "difference": 0.1, "differenceLower": 0.06, "differenceUpper": 0.14, "pValue": 0.0001,
              "kind": "headline", "reading": "better", "gained": 50, "lost": 10, "signature": "" },
            { "role": "baseline", "name": "accuracy", "slice": "all", "value": 0.82, "samples": 400, "higherIsBetter": true, "signature": "" }
          ],
          "spec": { "task": "classification", "model": "tuned|@team", "baseline": "base", "labels": ["a", "b"],
                    "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.88 } ] } },
          "codeVersion": "0.0.1"
        }
        """;

    private readonly MemoryTables _service = new();
    private readonly MemoryBlobs _blobs = new();

    private RunTables Tables => new(_service, new OpenRuns(_service));

    private static IOptions<EvaluationOptions> Euros => Options.Create(new EvaluationOptions { Currency = "EUR" });

    [Fact]
    public async Task A_completed_runs_overview_has_verdict_headline_and_cost_in_words()
    {
        Complete();

        var (status, body) = await GetAsync("");

        Assert.Equal(StatusCodes.Status200OK, status);
        var overview = JsonDocument.Parse(body).RootElement;
        Assert.Equal("1 of 1 rule holds", overview.GetProperty("title").GetString());
        var number = Assert.Single(overview.GetProperty("headline").EnumerateArray());
        Assert.Equal("Accuracy 92.0 %, 10.0 points better than base (6.0 to 14.0), p < 0.001", number.GetProperty("sentence").GetString());
        Assert.Equal("at least 88 %", number.GetProperty("bound").GetProperty("text").GetString());
        Assert.Equal("0.19 EUR", overview.GetProperty("cost").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Markdown_is_a_comment_in_which_a_models_name_is_text()
    {
        Complete();

        var (status, body) = await GetAsync("?format=markdown");

        Assert.Equal(StatusCodes.Status200OK, status);
        Assert.StartsWith("### ✓ Pass: tickets", body, StringComparison.Ordinal);
        Assert.DoesNotContain("@team", body, StringComparison.Ordinal);
        Assert.Contains("tuned\\|@", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_under_way_says_how_far_it_is_and_has_no_headline()
    {
        Set(("Status", "Running"), ("ExpectedSamples", 400L));

        var (status, body) = await GetAsync("?format=json");

        Assert.Equal(StatusCodes.Status200OK, status);
        Assert.StartsWith("Running", JsonDocument.Parse(body).RootElement.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse(body).RootElement.TryGetProperty("headline", out _));
    }

    [Fact]
    public async Task A_format_that_is_none_is_refused_with_those_there_are()
    {
        Complete();

        var (status, body) = await GetAsync("?format=html");

        Assert.Equal(StatusCodes.Status400BadRequest, status);
        Assert.Contains("format: must be json or markdown.", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_nobody_knows_has_no_overview() => Assert.Equal(StatusCodes.Status404NotFound, (await GetAsync("")).Status);

    [Fact]
    public void The_rows_columns_of_the_headline_are_read_as_they_are_written_and_old_rows_have_none()
    {
        var summary = JsonSerializer.Deserialize<RunSummary>(Summary, ResultJson.Options)!;
        var row = new TableEntity(RunId, RunEntity.RowKey);
        RunEntity.Write(
            row,
            new Run
            {
                RunId = RunId,
                Status = RunStatus.Completed,
                Headline = RunHeadline.From(summary),
            }
        );

        Assert.Equal(("accuracy", 0.92), (row.GetString("HeadlineName"), row.GetDouble("HeadlineValue")));
        Assert.Equal(RunHeadline.From(summary), RunEntity.Read(row).Headline);
        Assert.Null(RunEntity.Read(new TableEntity(RunId, RunEntity.RowKey) { ["Status"] = "Completed" }).Headline);
    }

    [Fact]
    public void A_listed_run_has_the_texts_of_its_headline_cost_and_duration()
    {
        var run = new Run
        {
            RunId = RunId,
            Status = RunStatus.Completed,
            Started = DateTimeOffset.UnixEpoch,
            Finished = DateTimeOffset.UnixEpoch.AddSeconds(21),
            CandidateFigures = new ModelFigures { Cost = 0.19 },
            Headline = RunHeadline.From(JsonSerializer.Deserialize<RunSummary>(Summary, ResultJson.Options)!),
        };

        var listed = JsonSerializer.SerializeToElement(new RunPage([run.WithTexts("EUR")], null), ResultJson.Options).GetProperty("runs")[
            0
        ];

        Assert.Equal(("0.19 EUR", "21 s"), (listed.GetProperty("costText").GetString(), listed.GetProperty("durationText").GetString()));
        var headline = listed.GetProperty("headline");
        Assert.Equal(
            ("Accuracy", "92.0 %", "89.0 to 94.3 %", "+10.0 points", "p < 0.001", "better"),
            (
                headline.GetProperty("label").GetString(),
                headline.GetProperty("text").GetString(),
                headline.GetProperty("intervalText").GetString(),
                headline.GetProperty("differenceText").GetString(),
                headline.GetProperty("pText").GetString(),
                headline.GetProperty("reading").GetString()
            )
        );
        Assert.False(listed.TryGetProperty("headlineName", out _));
    }

    [Fact]
    public void Numbers_have_texts_beside_their_values()
    {
        var lines = JsonSerializer.Deserialize<RunSummary>(Summary, ResultJson.Options)!.Metrics;

        var metrics = JsonSerializer.SerializeToElement(
            new RunMetrics(RunId, RunStatus.Completed, lines) { TextsIn = "EUR" },
            ResultJson.Options
        );

        var number = metrics.GetProperty("metrics")[0];
        Assert.Equal(
            ("Accuracy", "average", "share", "92.0 %", "+10.0 points"),
            (
                number.GetProperty("label").GetString(),
                number.GetProperty("group").GetString(),
                number.GetProperty("unit").GetString(),
                number.GetProperty("text").GetString(),
                number.GetProperty("differenceText").GetString()
            )
        );
    }

    private void Complete()
    {
        Set(("Status", "Completed"), ("Verdict", "pass"), ("VerdictReasons", "pass: accuracy 0.92 is at least 0.88"), ("Name", "tickets"));
        _blobs.Contents[$"runs/{RunId}/summary.json"] = BinaryData.FromString(Summary);
    }

    private void Set(params (string Column, object Value)[] columns)
    {
        var row = new TableEntity(RunId, RunEntity.RowKey);
        foreach (var (column, value) in columns)
        {
            row[column] = value;
        }

        _service.Table("EvaluationRuns").Set(row);
    }

    private async Task<(int Status, string Body)> GetAsync(string query)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.QueryString = new QueryString(query);
        context.Response.Body = body;
        var function = new GetEvaluationOverview(Tables, new RunResults(new RunBlobs(_blobs)), candidates: null!, Euros);

        var result = await function.RunAsync(context.Request, RunId, TestContext.Current.CancellationToken);
        await result.ExecuteAsync(context);

        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
