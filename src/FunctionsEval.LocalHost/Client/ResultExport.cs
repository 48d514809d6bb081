using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A run's result in forms that other tools read.</summary>
internal static partial class ResultExport
{
    private static readonly string[] Properties = ["runId", "model", "baseline", "dataset", "verdict"];

    private static readonly string[] Columns =
    [
        "role",
        "name",
        "slice",
        "value",
        "lower",
        "upper",
        "samples",
        "difference",
        "differenceLower",
        "differenceUpper",
        "pValue",
        "adjustedPValue",
        "signature",
        "interval",
        "noInterval",
        "differenceInterval",
        "noDifferenceInterval",
    ];

    /// <summary>
    /// JUnit XML, as continuous integration reads it: a test case for each rule of the gate. What fails is a failure, what is inconclusive
    /// is
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
            var testCase = new XElement(
                "testcase",
                new XAttribute("classname", Clean(name)),
                new XAttribute("name", string.Create(CultureInfo.InvariantCulture, $"rule {index}: {reason}"))
            );
            if ((string?)rule["result"] is "fail")
            {
                testCase.Add(new XElement("failure", new XAttribute("message", reason)));
            }
            else if ((string?)rule["result"] is "inconclusive")
            {
                testCase.Add(new XElement("skipped", new XAttribute("message", reason)));
            }

            cases.Add(testCase);
        }

        if ((string?)run["status"] != "Completed")
        {
            var message = Clean($"{run["status"]} {run["errorCode"]}: {run["errorMessage"]}");
            cases.Add(
                new XElement(
                    "testcase",
                    new XAttribute("classname", Clean(name)),
                    new XAttribute("name", "run"),
                    new XElement("error", new XAttribute("message", message))
                )
            );
        }

        int Count(string kind) => cases.Count(testCase => testCase.Element(kind) is not null);
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", Clean(name)),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", Count("failure")),
            new XAttribute("errors", Count("error")),
            new XAttribute("skipped", Count("skipped")),
            new XElement(
                "properties",
                Properties
                    .Where(property => run[property] is not null)
                    .Select(property => new XElement(
                        "property",
                        new XAttribute("name", property),
                        new XAttribute("value", Clean(run[property]!.ToString()))
                    ))
            ),
            cases,
            Warnings(run, summary) is { Count: > 0 } warnings ? new XElement("system-out", Clean(string.Join('\n', warnings))) : null
        );
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
        {
            csv.AppendJoin(',', Columns.Select(column => Field(line![column]))).Append(',').Append(warnings).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <summary>All warnings are in the summary, as many as a row holds in the run's row.</summary>
    private static List<string> Warnings(JsonObject run, JsonObject? summary) =>
        (summary?["warnings"] ?? run["warnings"])?.AsArray().Select(warning => (string)warning!).ToList() ?? [];

    private static string Field(JsonNode? value)
    {
        if (value is null)
        {
            return "";
        }

        var text =
            value.GetValueKind() == System.Text.Json.JsonValueKind.String ? SpreadsheetText.Disarm(value.ToString()) : value.ToString();
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
    }

    /// <summary>Without what XML 1.0 cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where(System.Xml.XmlConvert.IsXmlChar));
}
