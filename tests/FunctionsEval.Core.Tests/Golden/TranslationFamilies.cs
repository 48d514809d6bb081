using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics.Chrf;
using FunctionsEval.Core.Metrics.Ter;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class TranslationFamilies
{
    public static object? Bleu(GoldenCase golden)
    {
        var segments = GoldenMetrics.Segments(golden.Input);
        var metric = (BleuMetric)GoldenMetrics.Create(GenerationTask.Instance, OptionsOf(golden, "bleu"));
        var sums = MetricScore.Sums(metric, segments);
        var score = metric.Score(sums);
        var order = score.Precisions.Length;
        return new Dictionary<string, object?>
        {
            ["score"] = MetricScore.Values(metric, segments)["bleu"],
            ["precisions"] = score.Precisions,
            ["counts"] = score.Counts,
            ["totals"] = score.Totals,
            ["bp"] = score.BrevityPenalty,
            ["sys_len"] = sums[0],
            ["ref_len"] = sums[1],
            ["signature"] =
                $"nrefs:{GoldenMetrics.ReferenceCount(segments)}|{metric.Signature[metric.Signature.IndexOf("case:", StringComparison.Ordinal)..]}",
        };
    }

    public static object? Chrf(GoldenCase golden)
    {
        var segments = GoldenMetrics.Segments(golden.Input);
        var metric = (ChrfMetric)GoldenMetrics.Create(GenerationTask.Instance, OptionsOf(golden, "chrf"));
        var signature = metric.Signature.Split('|', 2);
        return new Dictionary<string, object?>
        {
            ["score"] = MetricScore.Values(metric, segments)["chrf"],
            ["name"] = signature[0]["name:".Length..],
            ["signature"] = $"nrefs:{GoldenMetrics.ReferenceCount(segments)}|{signature[1]}",
        };
    }

    public static object? Ter(GoldenCase golden)
    {
        var segments = GoldenMetrics.Segments(golden.Input);
        var metric = (TerMetric)GoldenMetrics.Create(GenerationTask.Instance, OptionsOf(golden, "ter"));
        var sums = MetricScore.Sums(metric, segments);
        return new Dictionary<string, object?>
        {
            ["score"] = MetricScore.Values(metric, segments)["ter"],
            ["num_edits"] = sums[0],
            ["ref_length"] = TerMetric.ReferenceLength(sums),
            ["signature"] = $"nrefs:{GoldenMetrics.ReferenceCount(segments)}|{metric.Signature}",
        };
    }

    public static object? Tokenizers(GoldenCase golden)
    {
        var segment = PythonText.TrimEnd(golden.Input.GetString()!);
        var tokens = TranslationTokenizer.ByName.ToDictionary(pair => pair.Key, pair => (object?)pair.Value.Tokenize(segment));
        tokens["ter"] = new TokenizerTercom(new TercomOptions()).Tokenize(segment);
        tokens["ter_case"] = new TokenizerTercom(new TercomOptions { CaseSensitive = true }).Tokenize(segment);
        tokens["ter_norm"] = new TokenizerTercom(new TercomOptions { Normalized = true }).Tokenize(segment);
        tokens["ter_norm_nopunct_asian"] = new TokenizerTercom(
            new TercomOptions
            {
                Normalized = true,
                NoPunct = true,
                AsianSupport = true,
            }
        ).Tokenize(segment);
        return tokens;
    }

    /// <summary>All options but the level, which needs no telling apart: a sentence is a corpus of one.</summary>
    private static MetricSpec OptionsOf(GoldenCase golden, string metric) =>
        GoldenMetrics.Spec(
            metric,
            [.. golden.Options().Where(option => option.Name != "level").Select(option => (option.Name, (object?)option.Value))]
        );
}
