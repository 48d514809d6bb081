using System.Globalization;
using System.Text.Json.Nodes;

namespace FunctionsEval.LocalHost.Client;

/// <content>Results by sample: passed when the candidate's prediction is a reference.</content>
internal static partial class ResultExport
{
    /// <summary>
    /// Results as promptfoo 0.121 exports them (version 3) and its <c>import</c> reads them: one prompt, the candidate, and a test for each
    /// sample that it answered or failed at.
    /// </summary>
    public static JsonObject Promptfoo(JsonObject run, IReadOnlyList<JsonObject> samples)
    {
        var results = new JsonArray();
        foreach (var sample in OfCandidate(samples))
        {
            results.Add((JsonNode)PromptfooResult(run, sample, index: results.Count));
        }

        var (total, passed, failed, errored) = Count(samples);
        var name = (string?)run["name"] ?? (string)run["runId"]!;
        var usage = Usage(samples);
        var prompt = PromptfooPrompt(run);
        prompt["metrics"] = new JsonObject
        {
            ["score"] = passed,
            ["testPassCount"] = passed,
            ["testFailCount"] = failed,
            ["testErrorCount"] = errored,
            ["assertPassCount"] = passed,
            ["assertFailCount"] = failed,
            ["totalLatencyMs"] = 0,
            ["tokenUsage"] = usage.DeepClone(),
            ["namedScores"] = new JsonObject(),
            ["namedScoresCount"] = new JsonObject(),
            ["cost"] = 0,
        };
        return new JsonObject
        {
            ["evalId"] = run["runId"]!.DeepClone(),
            ["warnings"] = new JsonArray([.. Warnings(run, summary: null).Select(warning => (JsonNode)warning)]),
            ["results"] = new JsonObject
            {
                ["version"] = 3,
                ["timestamp"] = Started(run).ToString("O", CultureInfo.InvariantCulture),
                ["prompts"] = new JsonArray(prompt),
                ["stats"] = new JsonObject
                {
                    ["successes"] = passed,
                    ["failures"] = failed,
                    ["errors"] = errored,
                    ["total"] = total,
                    ["tokenUsage"] = usage,
                },
                ["results"] = results,
            },
            ["config"] = new JsonObject
            {
                ["description"] = $"{name}: {run["dataset"]}",
                ["prompts"] = new JsonArray("{{input}}"),
                ["providers"] = new JsonArray(run["model"]?.DeepClone()),
                ["metadata"] = new JsonObject { ["runId"] = run["runId"]!.DeepClone(), ["dataset"] = run["dataset"]?.DeepClone() },
            },
            ["shareableUrl"] = null,
            ["metadata"] = new JsonObject { ["evaluationCreatedAt"] = Started(run).ToString("O", CultureInfo.InvariantCulture) },
        };
    }

    /// <summary>
    /// A run of OpenAI's Evals API as its <c>GET</c> returns it (openai-python's <c>RunRetrieveResponse</c>): a sample passes when the
    /// candidate's
    /// prediction is a reference, and is errored when it was not answered.
    /// </summary>
    public static JsonObject OpenAIEvals(JsonObject run, IReadOnlyList<JsonObject> samples)
    {
        var (total, passed, failed, errored) = Count(samples);
        var usage = Usage(samples);
        return new JsonObject
        {
            ["object"] = "eval.run",
            ["id"] = run["runId"]!.DeepClone(),
            ["eval_id"] = ((string?)run["suite"] ?? (string?)run["dataset"]) ?? "",
            ["name"] = (string?)run["name"] ?? (string)run["runId"]!,
            ["model"] = run["model"]?.DeepClone(),
            ["created_at"] = Started(run).ToUnixTimeSeconds(),
            ["status"] = (string?)run["status"] switch
            {
                "Completed" => "completed",
                "Cancelled" => "canceled",
                _ => "failed",
            },
            ["report_url"] = "",
            ["data_source"] = new JsonObject
            {
                ["type"] = "jsonl",
                ["source"] = new JsonObject { ["type"] = "file_id", ["id"] = (string?)run["dataset"] ?? "" },
            },
            ["error"] = run["errorCode"] is { } code
                ? new JsonObject { ["code"] = code.DeepClone(), ["message"] = run["errorMessage"]?.DeepClone() ?? "" }
                : null,
            ["metadata"] = new JsonObject(),
            ["result_counts"] = new JsonObject
            {
                ["total"] = total,
                ["errored"] = errored,
                ["failed"] = failed,
                ["passed"] = passed,
            },
            ["per_testing_criteria_results"] = new JsonArray(
                new JsonObject
                {
                    ["testing_criteria"] = "prediction is a reference",
                    ["passed"] = passed,
                    ["failed"] = failed,
                }
            ),
            ["per_model_usage"] = new JsonArray(
                new JsonObject
                {
                    ["model_name"] = run["model"]?.DeepClone(),
                    ["invocation_count"] = total,
                    ["prompt_tokens"] = usage["prompt"]!.DeepClone(),
                    ["completion_tokens"] = usage["completion"]!.DeepClone(),
                    ["total_tokens"] = usage["total"]!.DeepClone(),
                    ["cached_tokens"] = 0,
                }
            ),
            ["warnings"] = new JsonArray([.. Warnings(run, summary: null).Select(warning => (JsonNode)warning)]),
        };
    }

    private static JsonObject PromptfooPrompt(JsonObject run) =>
        new()
        {
            ["raw"] = "{{input}}",
            ["label"] = (string?)run["model"] ?? "candidate",
            ["provider"] = run["model"]?.DeepClone(),
        };

    private static JsonObject PromptfooResult(JsonObject run, JsonObject sample, int index)
    {
        var candidate = sample["candidate"]!.AsObject();
        var passed = Passed(sample);
        var vars = new JsonObject
        {
            ["id"] = sample["id"]!.DeepClone(),
            ["input"] = sample["input"]?.DeepClone(),
            ["expected"] = sample["references"]!.DeepClone(),
        };
        var reason = passed switch
        {
            true => "The prediction is a reference.",
            false => "The prediction is no reference.",
            null => (string?)candidate["reason"] ?? (string)candidate["outcome"]!,
        };
        var result = new JsonObject
        {
            ["promptIdx"] = 0,
            ["testIdx"] = index,
            ["success"] = passed == true,
            ["score"] = passed == true ? 1 : 0,
            ["vars"] = vars,
            ["testCase"] = new JsonObject { ["vars"] = vars.DeepClone() },
            ["prompt"] = new JsonObject { ["raw"] = (string?)sample["input"] ?? "", ["label"] = (string?)run["model"] ?? "candidate" },
            ["provider"] = new JsonObject { ["id"] = run["model"]?.DeepClone(), ["label"] = run["model"]?.DeepClone() },
            ["response"] = new JsonObject { ["output"] = candidate["text"]?.DeepClone(), ["tokenUsage"] = Usage([sample]) },
            ["gradingResult"] = new JsonObject
            {
                ["pass"] = passed == true,
                ["score"] = passed == true ? 1 : 0,
                ["reason"] = reason,
                ["componentResults"] = new JsonArray(),
            },
            ["failureReason"] = passed switch
            {
                true => 0,
                false => 1,
                null => 2,
            },
            ["namedScores"] = new JsonObject(),
            ["metadata"] = new JsonObject
            {
                ["outcome"] = candidate["outcome"]?.DeepClone(),
                ["prediction"] = candidate["prediction"]?.DeepClone(),
            },
            ["latencyMs"] = 0,
        };
        if (passed is null)
        {
            result["error"] = reason;
        }

        return result;
    }

    private static DateTimeOffset Started(JsonObject run) =>
        DateTimeOffset.TryParse((string?)run["started"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var started)
            ? started.ToUniversalTime()
            : DateTimeOffset.UnixEpoch;

    private static JsonObject Usage(IReadOnlyList<JsonObject> samples)
    {
        var (prompt, completion) = (Sum("inputTokens"), Sum("outputTokens"));
        return new JsonObject
        {
            ["total"] = prompt + completion,
            ["prompt"] = prompt,
            ["completion"] = completion,
            ["cached"] = 0,
            ["numRequests"] = OfCandidate(samples).Count(),
        };

        long Sum(string member) => OfCandidate(samples).Sum(sample => sample["candidate"]![member]?.GetValue<long>() ?? 0);
    }

    private static (int Total, int Passed, int Failed, int Errored) Count(IReadOnlyList<JsonObject> samples)
    {
        var results = OfCandidate(samples).Select(Passed).ToList();
        return (
            results.Count,
            results.Count(passed => passed == true),
            results.Count(passed => passed == false),
            results.Count(passed => passed is null)
        );
    }

    /// <summary>Without those that only the baseline answered before the run was stopped.</summary>
    private static IEnumerable<JsonObject> OfCandidate(IReadOnlyList<JsonObject> samples) =>
        samples.Where(sample => sample["candidate"] is not null);

    /// <summary>Whether the candidate's prediction is a reference; null when it was not answered.</summary>
    private static bool? Passed(JsonObject sample) =>
        (string?)sample["candidate"]!["outcome"] switch
        {
            "scored" => sample["references"]!.AsArray().Any(reference => (string?)reference == (string?)sample["candidate"]!["prediction"]),
            "unparsable" => false,
            _ => null,
        };
}
