using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <content>Results as lm-evaluation-harness writes them.</content>
internal static partial class ResultExport
{
    /// <summary>Of the standard normal distribution, at 0.975.</summary>
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>
    /// Results as lm-evaluation-harness 0.4 writes them and its <c>make_table</c> reads them: the candidate's numbers over the whole
    /// dataset,
    /// with the standard error that their interval implies (its width ÷ 2 ÷ 1.96), or "N/A" without one. The spec's level of the interval
    /// is
    /// taken to be 0.95.
    /// </summary>
    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static JsonObject LmEval(JsonObject run, JsonObject? summary)
    {
        var lines = summary?["metrics"]?.AsArray() ?? throw new LocalHostException("The run has no metrics.");
        var name = (string?)run["name"] ?? (string)run["runId"]!;
        // The harness splits a metric's name at the comma, and its logger a task's name at the slash.
        var task = name.Replace('/', '_');
        var (results, directions) = (new JsonObject { ["alias"] = name }, new JsonObject());
        foreach (
            var line in lines
                .Select(line => line!.AsObject())
                .Where(line => (string?)line["role"] == "candidate" && (string?)line["slice"] == "all")
        )
        {
            var metric = ((string)line["name"]!)
                .Replace(",", "%2C", StringComparison.Ordinal)
                .Replace("/", "%2F", StringComparison.Ordinal);
            results[$"{metric},none"] = Float(line["value"]);
            results[$"{metric}_stderr,none"] =
                line["lower"] is { } lower && line["upper"] is { } upper
                    ? Float(JsonValue.Create((upper.GetValue<double>() - lower.GetValue<double>()) / 2 / NormalQuantile))
                    : "N/A";
            directions[metric] = line["higherIsBetter"]?.DeepClone();
        }

        var samples = summary["dataset"]!["samples"]!.GetValue<long>();
        return new JsonObject
        {
            ["results"] = Of(results),
            ["group_subtasks"] = Of(new JsonArray()),
            ["configs"] = Of(summary["spec"]!.DeepClone()),
            ["versions"] = Of(1),
            ["n-shot"] = Of((int?)summary["spec"]?["prompt"]?["fewShot"]?["count"] ?? 0),
            ["higher_is_better"] = Of(directions),
            ["n-samples"] = Of(new JsonObject { ["original"] = samples, ["effective"] = samples }),
            ["config"] = new JsonObject { ["model"] = run["model"]?.DeepClone() },
            ["model_name"] = run["model"]?.DeepClone(),
            ["warnings"] = new JsonArray([.. Warnings(run, summary).Select(warning => (JsonNode)warning)]),
        };

        JsonObject Of(JsonNode value) => new() { [task] = value };
    }

    /// <summary>A number with a decimal point or an exponent: Python takes one without for an integer and prints it as such.</summary>
    private static JsonNode? Float(JsonNode? number)
    {
        var text = number?.ToJsonString();
        return text is null || text.AsSpan().ContainsAny('.', 'e', 'E') ? number?.DeepClone() : JsonNode.Parse(text + ".0");
    }
}
