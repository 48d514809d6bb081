using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Exports;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What exports and the terminal make of a number without an interval: the reason is there, and no interval.</summary>
public sealed class MissingIntervalTests
{
    private static readonly MetricValue Baseline = new()
    {
        Role = Roles.Baseline,
        Name = "f1_macro",
        Slice = MetricReport.AllSamples,
        Value = 0.6,
        NoInterval = "too_few_per_label",
        Samples = 9,
        HigherIsBetter = true,
        Signature = "s",
    };

    private static readonly MetricValue Candidate = Baseline with
    {
        Role = Roles.Candidate,
        Value = 0.7,
        Difference = 0.1,
        NoDifferenceInterval = "too_few_samples",
    };

    private static readonly Run Run = ExportedRuns.Run with { Name = "suite" };

    private static readonly RunSummary Summary = ExportedRuns.Summary with
    {
        Models = new Dictionary<string, string> { [Roles.Candidate] = "m", [Roles.Baseline] = "b" },
        Metrics = [Candidate, Baseline],
    };

    [Fact]
    public async Task Csv_has_the_reasons_in_columns_of_their_own()
    {
        var lines = (await CsvExport.WriteAsync(new ExportSource(Run, Summary))).Split("\r\n");
        var (names, values) = (lines[0].Split(','), lines[1].Split(','));

        Assert.Equal(
            ("", "too_few_per_label", "", "too_few_samples"),
            (ValueOf("interval"), ValueOf("noInterval"), ValueOf("differenceInterval"), ValueOf("noDifferenceInterval"))
        );

        string ValueOf(string column) => values[Array.IndexOf(names, column)];
    }

    [Fact]
    public void Harness_results_have_no_standard_error_without_an_interval() =>
        Assert.Equal(
            "N/A",
            (string?)JsonNode.Parse(LmEvalExport.Write(new ExportSource(Run, Summary)))!["results"]!["suite"]!["f1_macro_stderr,none"]
        );

    [Fact]
    public void Terminal_says_why_number_and_difference_have_no_interval()
    {
        var printed = new PrintedText(80);

        new DetailsPrinter(printed.Console).Print(Run, Summary);

        Assert.Contains("No interval, too few per label: f1_macro", printed.Text, StringComparison.Ordinal);
        Assert.Contains("No interval of the difference, too few samples: f1_macro", printed.Text, StringComparison.Ordinal);
    }
}
