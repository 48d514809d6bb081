using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>
/// <c>labelProbabilities</c> <c>exact</c>: the model answers each sample once, and each label is scored where its answer has the label.
/// </summary>
public sealed class ScoredLabelsTests
{
    private const int Rows = 3;

    private const string Spec =
        """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "labelProbabilities": "exact", "metrics": ["log_loss"] }""";

    [Fact]
    public async Task Each_label_is_scored_once_and_log_loss_is_exact()
    {
        await using var harness = await StartAsync();
        harness.Answer = AnswerAsync;

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var asked = Enumerable.Range(0, Rows).SelectMany(number => new[] { $"{number}", $"{number} even", $"{number} odd" });
        Assert.Equal(asked.Order(StringComparer.Ordinal), harness.Requests.Keys.Order(StringComparer.Ordinal));
        Assert.All(harness.Requests.Values, times => Assert.Equal(1, times));
        Assert.All(
            await harness.RowsAsync(),
            row => Assert.Equal((0.0, 3, 30, null), (row.UnresolvedLabelMass, row.Attempts, row.InputTokens, row.LabelLogLikelihoods))
        );
        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, TestContext.Current.CancellationToken));
        using var summary = JsonDocument.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        var metrics = summary
            .RootElement.GetProperty("metrics")
            .EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!);
        // 0 and 2 are even with 0.09 of 0.1, and 1 is odd with 0.01 of 0.1.
        Assert.Equal(-((2 * Math.Log(0.9)) + Math.Log(0.1)) / 3, metrics["log_loss"].GetProperty("value").GetDouble(), 1e-9);
        Assert.EndsWith("probabilities:exact", metrics["log_loss"].GetProperty("signature").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, metrics["unresolved_label_mass"].GetProperty("value").GetDouble());
    }

    /// <summary>The endpoint throttles for longer than a call waits, between two labels: what was paid is kept.</summary>
    [Fact]
    public async Task Labels_that_were_scored_before_an_interruption_are_not_scored_again()
    {
        await using var harness = await StartAsync();
        var isThrottled = true;
        harness.Answer = (prompt, context) =>
        {
            if (!prompt.EndsWith("odd", StringComparison.Ordinal) || !isThrottled)
            {
                return AnswerAsync(prompt, context);
            }

            context.Response.Headers.RetryAfter = "3000";
            return Replies.Error(429, "rate_limit_exceeded")(context);
        };

        Assert.Equal(ShardStatus.Throttled, (await harness.EvaluateAsync()).Status);
        isThrottled = false;
        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        Assert.All(
            harness.Requests.Where(request => !request.Key.EndsWith("odd", StringComparison.Ordinal)),
            request => Assert.Equal(1, request.Value)
        );
        Assert.All(
            await harness.RowsAsync(),
            row => Assert.Equal((0.9, false), (Math.Round(row.LabelProbabilities!["even"], 9), row.IsPartial))
        );
    }

    [Fact]
    public async Task Sample_whose_label_is_refused_keeps_its_answer_and_has_no_probabilities()
    {
        await using var harness = await StartAsync();
        harness.Answer = (prompt, context) =>
            prompt == "1 odd" ? Replies.Error(400, "context_length_exceeded")(context) : AnswerAsync(prompt, context);

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var rows = await harness.RowsAsync();
        Assert.All(rows, row => Assert.Equal((Outcome.Scored, "even"), (row.Outcome, row.Prediction)));
        Assert.Equal([true, false, true], rows.Select(row => row.LabelProbabilities is not null));
    }

    private static async Task<ShardHarness> StartAsync()
    {
        var harness = await ShardHarness.StartAsync(Rows, ("Models:0:Api", "Completions"));
        await harness.PlanAsync(string.Concat(Enumerable.Range(0, Rows).Select(ShardHarness.Row)), Spec);
        return harness;
    }

    /// <summary>Answers " even", and scores " even" with 0.09 and " odd" with 0.01.</summary>
    private static Task AnswerAsync(string prompt, HttpContext context)
    {
        object choice = prompt.Split(' ') is [var question, var label]
            ? new
            {
                text = prompt,
                finish_reason = "stop",
                logprobs = new
                {
                    tokens = new[] { question, $" {label}" },
                    token_logprobs = new double?[] { null, Math.Log(label == "even" ? 0.09 : 0.01) },
                    text_offset = new[] { 0, question.Length },
                },
            }
            : new { text = " even", finish_reason = "stop" };
        return Replies.Json(
            200,
            JsonSerializer.Serialize(new { choices = new[] { choice }, usage = new { prompt_tokens = 10, completion_tokens = 0 } })
        )(context);
    }
}
