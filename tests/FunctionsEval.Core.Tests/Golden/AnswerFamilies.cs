using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class AnswerFamilies
{
    public static object? Squad(GoldenCase golden)
    {
        // A dataset's rows are in per cent, a single item's values are not.
        var isDataset = golden.Input.TryGetProperty("predictions", out var predictions);
        List<MetricSample> samples = isDataset
            ? [.. predictions.EnumerateArray().Zip(golden.Input.GetProperty("references").EnumerateArray(), Answer)]
            : [Answer(golden.Input.GetProperty("prediction"), golden.Input.GetProperty("references"))];
        var scale = isDataset ? 100 : 1;
        var v1 = MetricScore.Values(GoldenMetrics.Create(GenerationTask.Instance, GoldenMetrics.Spec("squad", ("version", "v1"))), samples);
        var v2 = MetricScore.Values(GoldenMetrics.Create(GenerationTask.Instance, GoldenMetrics.Spec("squad", ("version", "v2"))), samples);
        return new Dictionary<string, object?>
        {
            ["normalized"] = SquadText.Normalize(samples[0].Prediction!),
            ["em_v1"] = scale * v1["squad_em"],
            ["f1_v1"] = scale * v1["squad_f1"],
            ["em_v2"] = scale * v2["squad_em"],
            ["f1_v2"] = scale * v2["squad_f1"],
        };
    }

    public static object? ErrorRates(GoldenCase golden)
    {
        var isCorpus = golden.Input.TryGetProperty("items", out _);
        List<MetricSample> samples = isCorpus ? [.. CasesBefore(golden).Select(other => Pair(other.Input))] : [Pair(golden.Input)];
        var words = GoldenMetrics.Create(GenerationTask.Instance, GoldenMetrics.Spec("wer"));
        var characters = GoldenMetrics.Create(GenerationTask.Instance, GoldenMetrics.Spec("cer"));
        var wordSums = MetricScore.Sums(words, samples);
        var characterSums = MetricScore.Sums(characters, samples);
        if (isCorpus && samples.Count < Number(golden) - 1)
        {
            return new GoldenInputMissing($"sums over {Number(golden) - 1} earlier cases, of which the file holds {samples.Count}");
        }

        return new Dictionary<string, object?>
        {
            ["wer"] = MetricScore.Values(words, samples)["wer"],
            ["word_edits"] = wordSums[0],
            ["ref_words"] = wordSums[1],
            ["hyp_words"] = PythonText.Split(samples[0].Prediction).Count,
            ["cer"] = MetricScore.Values(characters, samples)["cer"],
            ["char_edits"] = characterSums[0],
            ["ref_chars"] = characterSums[1],
            ["hyp_chars"] = PythonText.CodePoints(samples[0].Prediction!).Length,
        };
    }

    private static IEnumerable<GoldenCase> CasesBefore(GoldenCase golden) =>
        GoldenFile.All().First(file => file.Cases.Any(other => other.Id == golden.Id)).Cases.TakeWhile(other => other.Id != golden.Id);

    /// <summary>The number at the end of a case's id.</summary>
    private static int Number(GoldenCase golden) =>
        int.Parse(golden.Id[(golden.Id.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static MetricSample Pair(JsonElement input) =>
        new() { Prediction = input.GetProperty("hypothesis").GetString(), References = [input.GetProperty("reference").GetString()!] };

    private static MetricSample Answer(JsonElement prediction, JsonElement references) =>
        new()
        {
            Prediction = prediction.GetString(),
            References = [.. references.EnumerateArray().Select(reference => reference.GetString()!)],
        };
}
