using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What was evaluated, what the numbers mean, and how to get them again.</summary>
internal static class ReproductionSection
{
    /// <summary>UTF-16 units of a spec that the page shows.</summary>
    private const int MaxSpecLength = 65_536;

    public static ReportSection Create(ReportSource source)
    {
        var summary = source.Summary;
        return new ReportSection(
            "reproduction",
            "Reproduction",
            [
                new Facts([.. FactsOf(source)]),
                .. SignaturesOf(source),
                new Details(
                    "Spec",
                    IsOpen: false,
                    [new Preformatted(FoldedText.Cut(JsonSerializer.Serialize(summary.Spec, RunJson.Indented), MaxSpecLength))]
                ),
                .. summary.Members is null
                    ?
                    [
                        new Paragraph(
                            $"The same numbers from the same answers: download runs/{summary.RunId}/samples.jsonl and spec.json, then"
                        ),
                        new Preformatted("dotnet run --project src/FunctionsEval.LocalHost -- score samples.jsonl --spec spec.json"),
                    ]
                    : Array.Empty<ReportBlock>(),
            ]
        );
    }

    private static IEnumerable<Fact> FactsOf(ReportSource source)
    {
        var (summary, dataset) = (source.Summary, source.Summary.Dataset);
        (string Term, string? Description)[] facts =
        [
            ("run", summary.RunId),
            .. summary.Members is null
                ? summary.Models.Select(model => (model.Key, (string?)model.Value))
                : Array.Empty<(string, string?)>(),
            ("task", JsonSerializer.SerializeToElement(summary.Task).GetString()),
            ("dataset", dataset.Name),
            (
                "dataset version",
                $"ETag {dataset.ETag}, {NumberText.Count(dataset.Bytes)} bytes, {NumberText.Count(dataset.Samples)} samples"
            ),
            ("app version", summary.CodeVersion),
            ("baseline not called", summary.BaselineRun?.ToString()),
        ];
        return facts
            .Where(fact => fact.Description is not null)
            .Select(fact => new Fact(fact.Term, fact.Description!))
            .Concat(
                (summary.AnsweredBy ?? new Dictionary<string, AnsweringModels>()).Select(caller => new Fact(
                    $"{source.CallerOf(caller.Key)} was answered by",
                    Describe(caller.Value)
                ))
            );
    }

    private static IEnumerable<Details> SignaturesOf(ReportSource source)
    {
        var lines = source.Averages.ToList();
        if (lines.Count > 0)
        {
            yield return new Details(
                "Definitions of the metrics",
                IsOpen: false,
                [
                    new Table(["metric", "signature"], [.. lines.Select(line => new Row(line.Name, [line.Signature]))])
                    {
                        Caption = "Signatures: how each metric is computed, in the notation of its reference tool",
                    },
                ]
            );
        }
    }

    private static string Describe(AnsweringModels sources)
    {
        var models = string.Join(", ", AnswerSources.ByFrequency(sources.Models));
        string[] details =
        [
            .. Detail("system fingerprint", sources.SystemFingerprints),
            .. Detail("route", sources.Routes),
            .. Detail("spillover to", sources.OtherDeployments),
        ];
        return details.Length == 0 ? models : $"{(models.Length == 0 ? "a model without a name" : models)} ({string.Join("; ", details)})";
    }

    private static string[] Detail(string name, IReadOnlyDictionary<string, long>? counts) =>
        counts is { Count: > 0 } ? [$"{name} {string.Join(", ", AnswerSources.ByFrequency(counts))}"] : [];
}
