using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Tasks.LanguageModelling;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class LanguageModelFamilies
{
    public static object? Perplexity(GoldenCase golden)
    {
        var documents = golden.Input.GetProperty("documents").EnumerateArray().Select(Document).ToList();
        var metric = GoldenMetrics.Create(LanguageModellingTask.Instance, GoldenMetrics.Spec("perplexity"));
        var corpus = MetricScore.Values(metric, documents);
        var single = documents.ConvertAll(document => MetricScore.Values(metric, [document]));
        return new Dictionary<string, object?>
        {
            ["corpus_perplexity"] = corpus["perplexity"],
            ["doc_perplexity"] = corpus["document_perplexity"],
            ["word_perplexity"] = corpus["word_perplexity"],
            ["byte_perplexity"] = corpus["byte_perplexity"],
            ["bits_per_byte"] = corpus["bits_per_byte"],
            ["bits_per_token"] = corpus["bits_per_token"],

            // Hugging Face's mean of document perplexities is no metric of the catalogue: it is here to check the single documents.
            ["mean_of_perplexities"] = single.Average(values => values["perplexity"]),
            ["per_doc"] = documents.Zip(
                single,
                (document, values) =>
                    new Dictionary<string, object?>
                    {
                        ["sum_logprob"] = document.LogProbability,
                        ["tokens"] = document.LogProbabilityTokens,
                        ["words"] = PythonText.CountSplitParts(document.ScoredText!),
                        ["bytes"] = Encoding.UTF8.GetByteCount(document.ScoredText!),
                        ["perplexity"] = values["perplexity"],
                        ["mean_nll"] = -document.LogProbability / document.LogProbabilityTokens,
                        ["bits_per_byte"] = values["bits_per_byte"],
                    }
            ),
        };
    }

    private static MetricSample Document(JsonElement document)
    {
        var text = document.GetProperty("text").GetString()!;
        var logProbabilities = document.GetProperty("token_logprobs").EnumerateArray().Select(Number).ToList();
        return new MetricSample
        {
            References = [text],
            ScoredText = text,
            LogProbability = logProbabilities.Sum(),
            LogProbabilityTokens = logProbabilities.Count,
        };
    }

    private static double Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString() == "-Infinity" ? double.NegativeInfinity : element.GetDouble();
}
