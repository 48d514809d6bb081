using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class SummaryFamilies
{
    public static object? PorterStems(GoldenCase golden) =>
        golden.Input.EnumerateArray().Select(word => PorterStemmer.Stem(word.GetString()!));

    public static object? Rouge(GoldenCase golden)
    {
        var pairs = Pairs(golden.Input);
        var types = golden.Option("rouge_types")!.Value.EnumerateArray().Select(type => type.GetString()!).ToList();
        var metric = GoldenMetrics.Create(
            GenerationTask.Instance,
            GoldenMetrics.Spec(
                "rouge",
                ("rouge_types", types),
                ("use_stemmer", golden.Option("use_stemmer")),
                ("tokenizer", golden.Option("tokenizer"))
            )
        );
        var values = MetricScore.Values(metric, pairs);
        var scorer = new RougeTokenizer(golden.Option("tokenizer")?.GetString() ?? RougeTokenizer.Default, useStemmer: false);
        var scores = types.ToDictionary(
            type => type,
            type =>
                (object?)
                    new Dictionary<string, object?>
                    {
                        ["fmeasure"] = values[type],
                        ["precision"] = values[$"{type}_precision"],
                        ["recall"] = values[$"{type}_recall"],
                    }
        );
        return new Dictionary<string, object?>
        {
            ["scores"] = scores,
            ["multi_ref"] = scores,
            ["aggregate_mean"] = scores,
            ["target_tokens"] = scorer.Tokenize(pairs[0].References[0]).Count,
            ["prediction_tokens"] = scorer.Tokenize(pairs[0].Prediction!).Count,
        };
    }

    public static object? TextSimilarity(GoldenCase golden) =>
        new[] { "fuzzy_match", "bleu", "gleu", "meteor" }.ToDictionary(
            measure => measure,
            object? (measure) =>
                new TextSimilaritySpec("grader", new ComparedTexts(Template, Template), measure).Score(
                    golden.Input.GetProperty("input").GetString()!,
                    golden.Input.GetProperty("reference").GetString()!
                )
        );

    private static GraderTemplate Template { get; } = GraderTemplate.TryParse("", out _)!;

    private static List<MetricSample> Pairs(JsonElement input)
    {
        if (input.TryGetProperty("prediction", out var prediction))
        {
            return [new MetricSample { Prediction = prediction.GetString(), References = References(input) }];
        }

        var targets = input.GetProperty("targets").EnumerateArray();
        return
        [
            .. input
                .GetProperty("predictions")
                .EnumerateArray()
                .Zip(
                    targets,
                    (answer, target) =>
                        new MetricSample
                        {
                            Prediction = answer.GetString(),
                            References = target.ValueKind == JsonValueKind.Array ? Texts(target) : [target.GetString()!],
                        }
                ),
        ];
    }

    private static List<string> References(JsonElement input) =>
        input.TryGetProperty("target", out var target) ? [target.GetString()!]
        : input.TryGetProperty("targets", out var targets) ? Texts(targets)
        : Texts(input.GetProperty("references"));

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];
}
