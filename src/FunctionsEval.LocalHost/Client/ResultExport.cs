using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FunctionsEval.Core.Runs;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A run's result in forms that other tools read.</summary>
internal static class ResultExport
{
    /// <summary>Of the standard normal distribution, at 0.975.</summary>
    private const double NormalQuantile = 1.959963984540054;

    private static readonly string[] Properties = ["runId", "model", "baseline", "dataset", "verdict"];

    private static readonly string[] Columns =
        ["role", "name", "slice", "value", "lower", "upper", "samples", "difference", "differenceLower", "differenceUpper", "pValue", "adjustedPValue", "signature", "interval", "noInterval", "differenceInterval", "noDifferenceInterval"];

    /// <summary>
    /// JUnit XML, as continuous integration reads it: a test case for each rule of the gate. What fails is a failure, what is inconclusive is
    /// skipped, and a run without a result is an error. Warnings are the suite's output.
    /// </summary>
    public static string JUnit(JsonObject run, JsonObject? summary)
    {
        var rules = summary?["verdict"]?["rules"]?.AsArray() ?? [];
        var name = (string?)run["name"] ?? (string)run["runId"]!;
        List<XElement> cases = [];
        foreach (var (rule, index) in rules.Select((rule, index) => (rule!, index + 1)))
        {
            var reason = Clean((string)rule["reason"]!);
            var testCase = new XElement("testcase", new XAttribute("classname", Clean(name)), new XAttribute("name", string.Create(CultureInfo.InvariantCulture, $"rule {index}: {reason}")));
            if ((string?)rule["result"] is "fail")
                testCase.Add(new XElement("failure", new XAttribute("message", reason)));
            else if ((string?)rule["result"] is "inconclusive")
                testCase.Add(new XElement("skipped", new XAttribute("message", reason)));
            cases.Add(testCase);
        }

        if ((string?)run["status"] != "Completed")
        {
            var message = Clean($"{run["status"]} {run["errorCode"]}: {run["errorMessage"]}");
            cases.Add(new XElement("testcase", new XAttribute("classname", Clean(name)), new XAttribute("name", "run"), new XElement("error", new XAttribute("message", message))));
        }

        int Count(string kind) => cases.Count(testCase => testCase.Element(kind) is not null);
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", Clean(name)),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", Count("failure")),
            new XAttribute("errors", Count("error")),
            new XAttribute("skipped", Count("skipped")),
            new XElement("properties", Properties
                .Where(property => run[property] is not null)
                .Select(property => new XElement("property", new XAttribute("name", property), new XAttribute("value", Clean(run[property]!.ToString()))))),
            cases,
            Warnings(run, summary) is { Count: > 0 } warnings ? new XElement("system-out", Clean(string.Join('\n', warnings))) : null);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + new XElement("testsuites", suite) + "\n";
    }

    /// <summary>Every metric, a row each, with the run's warnings in the last column; RFC 4180.</summary>
    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static string Csv(JsonObject? summary)
    {
        var lines = summary?["metrics"]?.AsArray() ?? throw new LocalHostException("The run has no metrics.");
        var csv = new StringBuilder(string.Join(',', Columns)).Append(",warnings\r\n");
        var warnings = Field(string.Join(' ', Warnings(summary, summary)));
        foreach (var line in lines)
            csv.AppendJoin(',', Columns.Select(column => Field(line![column]))).Append(',').Append(warnings).Append("\r\n");
        return csv.ToString();
    }

    /// <summary>
    /// Results as lm-evaluation-harness writes them: the candidate's numbers over the whole dataset, with the standard error that their interval
    /// implies (its width ÷ 2 ÷ 1.96), or "N/A" without one. The spec's level of the interval is taken to be 0.95.
    /// </summary>
    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static JsonObject LmEval(JsonObject run, JsonObject? summary)
    {
        var lines = summary?["metrics"]?.AsArray() ?? throw new LocalHostException("The run has no metrics.");
        var task = (string?)run["name"] ?? (string)run["runId"]!;
        var results = new JsonObject { ["alias"] = task };
        foreach (var line in lines.Select(line => line!.AsObject()).Where(line => (string?)line["role"] == "candidate" && (string?)line["slice"] == "all"))
        {
            results[$"{line["name"]},none"] = line["value"]?.DeepClone();
            results[$"{line["name"]}_stderr,none"] = line["lower"] is { } lower && line["upper"] is { } upper
                ? (upper.GetValue<double>() - lower.GetValue<double>()) / 2 / NormalQuantile
                : "N/A";
        }

        var samples = summary["dataset"]!["samples"]!.GetValue<long>();
        return new JsonObject
        {
            ["results"] = new JsonObject { [task] = results },
            ["configs"] = new JsonObject { [task] = summary["spec"]!.DeepClone() },
            ["versions"] = new JsonObject { [task] = 1 },
            ["n-samples"] = new JsonObject { [task] = new JsonObject { ["original"] = samples, ["effective"] = samples } },
            ["config"] = new JsonObject { ["model"] = run["model"]?.DeepClone() },
            ["warnings"] = new JsonArray([.. Warnings(run, summary).Select(warning => (JsonNode)warning)]),
        };
    }

    /// <summary>Results in promptfoo's shape: a test for each sample of the candidate, which succeeds when its prediction is a reference.</summary>
    public static JsonObject Promptfoo(JsonObject run, IReadOnlyList<JsonObject> samples)
    {
        var results = new JsonArray();
        foreach (var sample in OfCandidate(samples))
        {
            var candidate = sample["candidate"]!.AsObject();
            var isRight = Passed(sample) == true;
            results.Add((JsonNode)new JsonObject
            {
                ["success"] = isRight,
                ["score"] = isRight ? 1 : 0,
                ["vars"] = new JsonObject { ["id"] = sample["id"]!.DeepClone(), ["input"] = sample["input"]?.DeepClone(), ["expected"] = sample["references"]!.DeepClone() },
                ["provider"] = new JsonObject { ["id"] = run["model"]?.DeepClone() },
                ["response"] = new JsonObject { ["output"] = candidate["text"]?.DeepClone() },
                ["failureReason"] = Passed(sample) switch { true => 0, false => 1, null => 2 },
                ["error"] = Passed(sample) is null ? candidate["reason"]?.DeepClone() : null,
            });
        }

        var (total, passed, failed, errored) = Count(samples);
        return new JsonObject
        {
            ["evalId"] = run["runId"]!.DeepClone(),
            ["warnings"] = new JsonArray([.. Warnings(run, summary: null).Select(warning => (JsonNode)warning)]),
            ["results"] = new JsonObject
            {
                ["version"] = 3,
                ["stats"] = new JsonObject { ["successes"] = passed, ["failures"] = failed, ["errors"] = errored, ["total"] = total },
                ["results"] = results,
            },
        };
    }

    /// <summary>The counts of a run of OpenAI's Evals API: a sample passes when the candidate's prediction is a reference, and is errored when it was not answered.</summary>
    public static JsonObject OpenAIEvals(JsonObject run, IReadOnlyList<JsonObject> samples)
    {
        var (total, passed, failed, errored) = Count(samples);
        return new JsonObject
        {
            ["object"] = "eval.run",
            ["id"] = run["runId"]!.DeepClone(),
            ["name"] = run["name"]?.DeepClone(),
            ["model"] = run["model"]?.DeepClone(),
            ["status"] = (string?)run["status"] == "Completed" ? "completed" : "failed",
            ["result_counts"] = new JsonObject { ["total"] = total, ["errored"] = errored, ["failed"] = failed, ["passed"] = passed },
            ["warnings"] = new JsonArray([.. Warnings(run, summary: null).Select(warning => (JsonNode)warning)]),
        };
    }

    /// <summary>All warnings are in the summary, as many as a row holds in the run's row.</summary>
    private static List<string> Warnings(JsonObject run, JsonObject? summary) =>
        (summary?["warnings"] ?? run["warnings"])?.AsArray().Select(warning => (string)warning!).ToList() ?? [];

    private static (int Total, int Passed, int Failed, int Errored) Count(IReadOnlyList<JsonObject> samples)
    {
        var results = OfCandidate(samples).Select(Passed).ToList();
        return (results.Count, results.Count(passed => passed == true), results.Count(passed => passed == false), results.Count(passed => passed is null));
    }

    /// <summary>Without those that only the baseline answered before the run was stopped.</summary>
    private static IEnumerable<JsonObject> OfCandidate(IReadOnlyList<JsonObject> samples) => samples.Where(sample => sample["candidate"] is not null);

    /// <summary>Whether the candidate's prediction is a reference; null when it was not answered.</summary>
    private static bool? Passed(JsonObject sample) => (string?)sample["candidate"]!["outcome"] switch
    {
        "scored" => sample["references"]!.AsArray().Any(reference => (string?)reference == (string?)sample["candidate"]!["prediction"]),
        "unparsable" => false,
        _ => null,
    };

    private static string Field(JsonNode? value)
    {
        if (value is null)
            return "";
        var text = value.GetValueKind() == System.Text.Json.JsonValueKind.String ? SpreadsheetText.Disarm(value.ToString()) : value.ToString();
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
    }

    /// <summary>Without what XML 1.0 cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where(System.Xml.XmlConvert.IsXmlChar));
}
