using System.Net;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Groups;

/// <summary>
/// Parity by several models: each candidate <c>tuned/c1</c>, <c>tuned/c2</c>, … is wrong on a share of the numbers of its own.
/// </summary>
internal static class ManyCandidates
{
    public const string Baseline = "recorded-base";

    public static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(number => $"tuned/c{number}");

    public static string Spec(int candidates, string extra = "") =>
        $$"""
            { "task": "classification", "candidates": [{{string.Join(", ", Names(candidates).Select(name => $"\"{name}\""))}}],
              "baseline": "{{Baseline}}", "labels": ["even", "odd"], "metrics": ["accuracy"], "intervals": { "replicates": 200 }{{extra}} }
            """;

    /// <summary>Candidate n is wrong on the first 2n numbers of each hundred, the baseline on every tenth number.</summary>
    public static void AnswerAll(RecordingEndpoint endpoint, int candidates)
    {
        endpoint.AnswerOf[Baseline] = prompt => (200, Wrong(prompt, number => number % 10 == 9));
        for (var candidate = 1; candidate <= candidates; candidate++)
        {
            var wrong = 2 * candidate;
            endpoint.AnswerOf[$"c{candidate}"] = prompt => (200, Wrong(prompt, number => number % 100 < wrong));
        }
    }

    /// <summary>How often a model was asked about a suite's samples.</summary>
    public static int Asked(this RecordingEndpoint endpoint, string model, string suite) =>
        endpoint
            .RequestsOf.Where(request => request.Key.Model == model && request.Key.Prompt.StartsWith($"{suite} ", StringComparison.Ordinal))
            .Sum(request => request.Value);

    /// <summary>Waits until the group of a dataset has ended, and returns its row.</summary>
    public static Task<TableEntity> GroupEndedAsync(this EvaluationApp app, string dataset, int resumptions = 0) =>
        app.EndedAsync(dataset, row => IsGroup(row) && (row.GetInt32("Resumptions") ?? 0) == resumptions);

    /// <summary>The row of a dataset's group.</summary>
    public static async Task<TableEntity> GroupAsync(this EvaluationApp app, string dataset) =>
        (await app.RunsAsync(dataset)).Single(IsGroup);

    public static async Task<JsonObject> GetAsync(this EvaluationApp app, string path)
    {
        using var http = app.Http;
        return JsonNode.Parse(await http.GetStringAsync($"/api/evaluations/{path}"))!.AsObject();
    }

    public static async Task<(HttpStatusCode Status, string Body)> PostAsync(this EvaluationApp app, string path, string body = "")
    {
        using var http = app.Http;
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"/api/evaluations/{path}", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static bool IsGroup(TableEntity row) => row.GetString("Candidates") is not null;

    private static string Wrong(string prompt, Func<int, bool> isWrong)
    {
        var number = int.Parse(prompt.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        return (number % 2 == 0) ^ isWrong(number) ? "even" : "odd";
    }
}
