using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>A text metric measures one sample after the other in memory that it has.</summary>
public sealed class AllocationTests
{
    /// <summary>A metric, an option and its value.</summary>
    public static readonly TheoryData<string, string, object> Options = new()
    {
        { "bleu", "tokenize", "13a" },
        { "bleu", "tokenize", "intl" },
        { "bleu", "tokenize", "zh" },
        { "bleu", "tokenize", "char" },
        { "bleu", "tokenize", "none" },
        { "bleu", "lowercase", true },
        { "chrf", "word_order", 2 },
        { "chrf", "lowercase", true },
        { "ter", "normalized", true },
        { "ter", "no_punct", true },
        { "rouge", "use_stemmer", true },
        { "rouge", "tokenizer", "intl" },
        { "squad", "version", "v1" },
        { "squad", "version", "v2" },
        { "wer", "prefix", "a_" },
        { "cer", "prefix", "a_" },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void A_sample_is_measured_without_allocating(string name, string option, object value)
    {
        IReadOnlyList<Metric> metrics = [Samples.Create(GenerationTask.Instance, name, (option, value))];
        MetricSample[] samples =
        [
            Sample("The cats were sleeping.\nThe dogs are running, &amp; \"barking\" in the U.S.", "The cat slept.\nDogs run; they bark."),
            Sample("Ein Ärger, größer als 1,234.5 Σ — 猫と犬 😀", "Ärger 1,234.5 größer als ΣΑΣ 猫 😀 und mehr davon", "Kein Ärger"),
            Sample("", "nothing"),
        ];
        var statistics = new long[metrics[0].StatisticLength];
        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Measure()
        {
            foreach (var sample in samples)
            {
                Scoreboard.Measure(metrics, sample, statistics);
            }
        }
    }

    private static MetricSample Sample(string answer, params string[] references) => new() { Prediction = answer, References = references };
}
