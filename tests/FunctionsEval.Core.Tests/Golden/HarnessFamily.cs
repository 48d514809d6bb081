using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.MultipleChoice;
using FunctionsEval.Core.Tests.Golden.Reference;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class HarnessFamily
{
    public static object? Compute(GoldenCase golden) =>
        golden.Input.TryGetProperty("choices", out _) ? MultipleChoice(golden.Input)
        : golden.Input.TryGetProperty("predictions", out _) ? ExactMatch(golden)
        : golden.Input.TryGetProperty("stderrs", out _) ? Groups(golden.Input)
        : Moments(Numbers(golden.Input.GetProperty("values")));

    private static Dictionary<string, object?> MultipleChoice(JsonElement input)
    {
        var gold = input.GetProperty("gold");
        var alone = input.GetProperty("unconditional_loglikelihoods");
        var question = new MultipleChoiceQuestion
        {
            Choices = [.. input.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()!)],
            LogLikelihoods = Numbers(input.GetProperty("loglikelihoods")),
            IsGreedy = [.. input.GetProperty("is_greedy").EnumerateArray().Select(flag => flag.GetBoolean())],
            Gold = gold.ValueKind == JsonValueKind.Array ? [.. gold.EnumerateArray().Select(index => index.GetInt32())] : [gold.GetInt32()],
        };
        // Which choice the question makes likelier most: no metric of the catalogue has it.
        var informed =
            alone.ValueKind == JsonValueKind.Null
                ? null
                : question with
                {
                    LogLikelihoods = [.. question.LogLikelihoods.Zip(Numbers(alone), (given, without) => given - without)],
                };

        // The numbers as a spec's metric gives them, of a run of this one question.
        var values = MetricScore.Values(
            MetricCatalog.Create(MultipleChoiceTask.Instance, [], new MetricSettings())[0],
            [
                new MetricSample
                {
                    References = [],
                    Choices =
                    [
                        .. question.Choices.Select(
                            (text, index) =>
                                new ChoiceLikelihood(text, question.LogLikelihoods[index], question.IsGreedy[index], question.IsGold(index))
                        ),
                    ],
                },
            ]
        );
        return new Dictionary<string, object?>
        {
            ["pred"] = question.MostLikely,
            ["pred_norm"] = question.MostLikelyPerCharacter,
            ["pred_bytes"] = question.MostLikelyPerByte,
            ["acc"] = values["acc"],
            ["acc_norm"] = values["acc_norm"],
            ["acc_bytes"] = values["acc_bytes"],
            ["acc_mutual_info"] = informed is null ? null : Flag(question.IsGold(informed.MostLikely)),
            ["exact_match"] = values["gold_is_greedy"],
            ["probs"] = question.Probabilities,
            ["brier"] = question.Gold.Count == 1 ? values["choice_brier"] : question.Brier,
        };
    }

    private static Dictionary<string, object?> ExactMatch(GoldenCase golden)
    {
        var metric = GoldenMetrics.Create(
            GenerationTask.Instance,
            GoldenMetrics.Spec("exact_match", [.. golden.Options().Select(option => (option.Name, (object?)option.Value))])
        );
        var samples = golden
            .Input.GetProperty("predictions")
            .EnumerateArray()
            .Zip(
                golden.Input.GetProperty("references").EnumerateArray(),
                (prediction, reference) => new MetricSample { Prediction = prediction.GetString(), References = [reference.GetString()!] }
            )
            .ToList();
        return new Dictionary<string, object?>
        {
            ["exact_match"] = MetricScore.Values(metric, samples)["exact_match"],
            ["per_item"] = samples.Select(sample => MetricScore.Sums(metric, [sample])[0]),
        };
    }

    private static Dictionary<string, object?> Groups(JsonElement input)
    {
        var sizes = input.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32()).ToList();
        var metrics = Numbers(input.GetProperty("metrics"));
        return new Dictionary<string, object?>
        {
            ["pooled_stderr"] = SampleMoments.PooledStandardError(Numbers(input.GetProperty("stderrs")), sizes),
            ["weighted_mean"] = SampleMoments.WeightedMean(metrics, sizes),
            ["macro_mean"] = SampleMoments.Mean(metrics),
        };
    }

    private static Dictionary<string, object?> Moments(List<double> values) =>
        new()
        {
            ["mean"] = SampleMoments.Mean(values),
            ["stderr"] = SampleMoments.StandardError(values),
            ["sample_stddev"] = SampleMoments.StandardDeviation(values),
            ["pop_stddev"] = SampleMoments.PopulationStandardDeviation(values),
            ["median"] = SampleMoments.UpperMedian(values),
        };

    private static int Flag(bool value) => value ? 1 : 0;

    private static List<double> Numbers(JsonElement array) =>
        [
            .. array
                .EnumerateArray()
                .Select(number =>
                    number.ValueKind == JsonValueKind.String && number.GetString() == "-Infinity"
                        ? double.NegativeInfinity
                        : number.GetDouble()
                ),
        ];
}
