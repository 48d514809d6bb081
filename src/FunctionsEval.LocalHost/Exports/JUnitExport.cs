using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// JUnit XML, as continuous integration reads it: a test case for each rule of the gate. What fails is a failure, what is inconclusive is
/// skipped, and a run without a result is an error. Warnings are the suite's output. A group has a test case for each candidate.
/// </summary>
internal static class JUnitExport
{
    private static readonly (string Name, Func<Run, string?> ValueOf)[] Properties =
    [
        ("runId", run => run.RunId),
        ("model", run => run.Model),
        ("baseline", run => run.Baseline),
        ("baselineRun", run => run.BaselineRun),
        ("dataset", run => run.Dataset.Length == 0 ? null : run.Dataset),
        ("verdict", run => run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null),
    ];

    public static string Write(ExportSource source)
    {
        var (run, name) = (source.Run, Clean(source.Name));
        List<XElement> cases = source.Summary is { Candidates: { } candidates }
            ? [.. candidates.Candidates.Where(candidate => candidate.Verdict is not null).Select(candidate => CaseOf(name, candidate))]
            : [.. (source.Summary?.Verdict?.Rules ?? []).Select((rule, index) => CaseOf(name, rule, index + 1))];
        if (run.Status != RunStatus.Completed)
        {
            var message = Clean($"{run.Status} {run.ErrorCode}: {run.ErrorMessage}");
            cases.Add(Case(name, "run", new XElement("error", new XAttribute("message", message))));
        }

        int Count(string kind) => cases.Count(testCase => testCase.Element(kind) is not null);
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", name),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", Count("failure")),
            new XAttribute("errors", Count("error")),
            new XAttribute("skipped", Count("skipped")),
            new XElement(
                "properties",
                Properties
                    .Where(property => property.ValueOf(run) is not null)
                    .Select(property => new XElement(
                        "property",
                        new XAttribute("name", property.Name),
                        new XAttribute("value", Clean(property.ValueOf(run)!))
                    ))
            ),
            cases,
            source.Warnings is { Count: > 0 } warnings ? new XElement("system-out", Clean(string.Join('\n', warnings))) : null
        );
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + new XElement("testsuites", suite) + "\n";
    }

    private static XElement CaseOf(string suite, RuleVerdict rule, int number) =>
        CaseOf(suite, string.Create(CultureInfo.InvariantCulture, $"rule {number}: {Clean(rule.Reason)}"), rule.Result, Clean(rule.Reason));

    /// <summary>A candidate of a group: what each rule says of it among all candidates.</summary>
    private static XElement CaseOf(string suite, CandidateResult candidate)
    {
        var verdict = candidate.Verdict!;
        var reasons = verdict.Rules.Where(rule => rule.Result == verdict.Result).DefaultIfEmpty(verdict.Rules[0]);
        return CaseOf(
            suite,
            $"candidate {Clean(candidate.Model)}",
            verdict.Result,
            Clean(string.Join("; ", reasons.Select(rule => rule.Reason)))
        );
    }

    private static XElement CaseOf(string suite, string name, VerdictResult result, string message)
    {
        var kind = result switch
        {
            VerdictResult.Fail => "failure",
            VerdictResult.Inconclusive => "skipped",
            _ => null,
        };
        return Case(suite, name, kind is null ? null : new XElement(kind, new XAttribute("message", message)));
    }

    private static XElement Case(string suite, string name, XElement? result) =>
        new("testcase", new XAttribute("classname", suite), new XAttribute("name", name), result);

    /// <summary>Without what XML 1.0 cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
