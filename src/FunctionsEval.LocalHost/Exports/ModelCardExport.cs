using System.Globalization;
using System.Text;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// A model card: Markdown that begins with the metadata <c>model-index</c>, by which Hugging Face shows a model's evaluation results
/// (huggingface/hub-docs, modelcard.md).
/// </summary>
internal static class ModelCardExport
{
    /// <summary>Numbers of the metadata.</summary>
    private const int MaxNumbers = 50;

    /// <summary>The task identifiers of the Hub, where a task's own is not the generation of texts.</summary>
    private static readonly Dictionary<string, string> TaskTypes = new(StringComparer.Ordinal)
    {
        ["classification"] = "text-classification",
        ["multi_label"] = "text-classification",
        ["multiple_choice"] = "multiple-choice",
    };

    /// <summary>The Hub's names of metrics, where they are others.</summary>
    private static readonly Dictionary<string, string> MetricTypes = new(StringComparer.Ordinal)
    {
        ["f1_macro"] = "f1",
        ["f1_micro"] = "f1",
        ["f1_weighted"] = "f1",
        ["rouge1"] = "rouge",
        ["rouge2"] = "rouge",
        ["rougeL"] = "rouge",
        ["rougeLsum"] = "rouge",
        ["mcc"] = "matthews_correlation",
        ["pearson"] = "pearsonr",
        ["spearman"] = "spearmanr",
    };

    /// <summary>Writes the card.</summary>
    /// <exception cref="LocalHostException">The run is a group, or has no metrics.</exception>
    public static string Write(ExportSource source)
    {
        var summary = source.RequireOneCandidate().RequireSummary();
        var numbers = NumbersOf(summary);
        var card = new StringBuilder();
        AddMetadata(card, source, summary, numbers);
        // What the calls cost here says nothing to who reads the card.
        var overview = RunOverview.From(source.Run, summary) with
        {
            Cost = null,
        };
        card.Append(CultureInfo.InvariantCulture, $"\n# {MarkdownText.Escape(source.Run.Model ?? source.Name)}\n\n");
        card.Append("## Evaluation\n\n");
        card.Append(OverviewMarkdown.Write(overview).TrimEnd()).Append("\n\n");
        AddFacts(card, source, summary);
        return card.ToString();
    }

    /// <summary>The candidate's numbers over all samples that are no class's, those that decide first.</summary>
    private static List<MetricValue> NumbersOf(RunSummary summary) =>
        [
            .. summary
                .Metrics.Where(value =>
                    value is { Role: Roles.Candidate, Slice: MetricReport.AllSamples, Value: { } number }
                    && double.IsFinite(number)
                    && !value.Name.Contains('[', StringComparison.Ordinal)
                )
                .OrderBy(value => value.Kind == MetricKind.Headline ? 0 : 1)
                .Take(MaxNumbers),
        ];

    private static void AddMetadata(StringBuilder card, ExportSource source, RunSummary summary, List<MetricValue> numbers)
    {
        card.Append("---\ntags:\n- evaluation\n");
        if (numbers.Count > 0)
        {
            card.Append("metrics:\n");
            foreach (var type in numbers.Select(TypeOf).Distinct(StringComparer.Ordinal))
            {
                Line($"- {YamlScalar.Quote(type)}");
            }
        }

        Line("model-index:");
        Line($"- name: {YamlScalar.Quote(source.Run.Model ?? source.Name)}");
        Line(numbers.Count > 0 ? "  results:" : "  results: []");
        if (numbers.Count > 0)
        {
            Line("  - task:");
            Line($"      type: {YamlScalar.Quote(TaskTypes.GetValueOrDefault(summary.Task.Name, "text-generation"))}");
            Line($"      name: {YamlScalar.Quote(summary.Task.Name)}");
            Line("    dataset:");
            Line($"      type: {YamlScalar.Quote(source.Run.Suite is { Length: > 0 } suite ? suite : source.Name)}");
            Line($"      name: {YamlScalar.Quote(summary.Dataset.Name)}");
            Line("    metrics:");
        }

        foreach (var number in numbers)
        {
            Line($"    - type: {YamlScalar.Quote(TypeOf(number))}");
            Line($"      value: {YamlScalar.Number(number.Value!.Value)}");
            Line($"      name: {YamlScalar.Quote(number.Name)}");
        }

        Line("---");

        void Line(string text) => card.Append(text).Append('\n');
    }

    private static void AddFacts(StringBuilder card, ExportSource source, RunSummary summary)
    {
        var run = source.Run;
        var facts = new (string Name, string? Value)[]
        {
            ("Task", summary.Task.Name),
            ("Dataset", summary.Dataset.Name),
            ("Dataset version", summary.Dataset.ETag),
            ("Samples", summary.Dataset.Samples.ToString("N0", CultureInfo.InvariantCulture)),
            ("Model", run.Model),
            ("Baseline", run.Baseline),
            ("Evaluated", run.Finished?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("Status", run.Status.ToString()),
            ("Spec", run.SpecHash),
            ("Run", run.RunId),
            ("Evaluated by", $"FunctionsEval {summary.CodeVersion}"),
        };
        card.Append("## How it was evaluated\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in facts.Where(fact => fact.Value is { Length: > 0 }))
        {
            card.Append(CultureInfo.InvariantCulture, $"| {name} | {MarkdownText.Escape(value!)} |\n");
        }
    }

    private static string TypeOf(MetricValue number) => MetricTypes.GetValueOrDefault(number.Name, number.Name);
}
