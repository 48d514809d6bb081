using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What exports and the terminal make of a number without an interval: the reason is there, and no interval.</summary>
public sealed class MissingIntervalTests
{
    private static readonly JsonObject Run = new()
    {
        ["runId"] = "run",
        ["name"] = "suite",
        ["model"] = "m",
        ["status"] = "Completed",
    };

    private static readonly JsonObject Summary = JsonNode
        .Parse(
            """
            {
              "models": { "candidate": "m", "baseline": "b" }, "outcomes": {}, "dataset": { "samples": 9 }, "spec": {},
              "metrics": [
                { "role": "candidate", "name": "f1_macro", "slice": "all", "value": 0.7, "noInterval": "too_few_per_label", "samples": 9, "difference": 0.1, "noDifferenceInterval": "too_few_samples", "signature": "s" },
                { "role": "baseline", "name": "f1_macro", "slice": "all", "value": 0.6, "noInterval": "too_few_per_label", "samples": 9, "signature": "s" }
              ]
            }
            """
        )!
        .AsObject();

    [Fact]
    public void Csv_has_the_reasons_in_columns_of_their_own()
    {
        var lines = ResultExport.Csv(Summary).Split("\r\n");
        var (names, values) = (lines[0].Split(','), lines[1].Split(','));

        Assert.Equal(
            ("", "too_few_per_label", "", "too_few_samples"),
            (Of("interval"), Of("noInterval"), Of("differenceInterval"), Of("noDifferenceInterval"))
        );

        string Of(string column) => values[Array.IndexOf(names, column)];
    }

    [Fact]
    public void Harness_results_have_no_standard_error_without_an_interval() =>
        Assert.Equal("N/A", (string?)ResultExport.LmEval(Run, Summary)["results"]!["suite"]!["f1_macro_stderr,none"]);

    [Fact]
    public void Terminal_says_why_number_and_difference_have_no_interval()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(text),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            }
        );

        new SummaryPrinter(console).Print(Run, Summary);

        Assert.Contains("No interval, too few per label: f1_macro", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("No interval of the difference, too few samples: f1_macro", text.ToString(), StringComparison.Ordinal);
    }
}
