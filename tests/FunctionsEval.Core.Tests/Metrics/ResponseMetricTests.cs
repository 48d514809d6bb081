using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Metrics of responses. The oracle of lengths is Python 3.11's <c>len</c> and <c>str.split</c>; the others are by hand.</summary>
public sealed class ResponseMetricTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("two words", 9, 2)]
    [InlineData("  a\u00a0b\u2003c\n\nd  ", 12, 4)]
    [InlineData("\ud83d\ude00 é 中文", 6, 3)]
    [InlineData("\u200b", 1, 1)]
    [InlineData("a\u001fb", 3, 2)]
    public void Length_is_Pythons(string text, double characters, double words)
    {
        var values = Values("answer_length", new MetricSample { References = [], ResponseText = text });

        Assert.Equal((characters, words), (values["answer_characters"], values["answer_words"]));
    }

    [Fact]
    public void Means_are_over_the_samples_that_have_what_is_measured()
    {
        MetricSample[] samples =
        [
            new()
            {
                References = [],
                ReasoningTokens = 10,
                Response = new ResponseFigures { LatencyMs = 100.25, Cost = 0.000_001m },
            },
            new()
            {
                References = [],
                ReasoningTokens = 0,
                Response = new ResponseFigures { LatencyMs = 200.5, Cost = 1.000_000_000_001m },
            },
            new() { References = [] },
        ];

        Assert.Equal(5, Values("reasoning_tokens", samples)["reasoning_tokens"]);
        Assert.Equal(150.375, Values("latency", samples)["latency_ms"], 1e-9);
        Assert.Equal(0.500_000_500_000_5, Values("cost", samples)["cost_per_sample"], 1e-15);
    }

    [Theory]
    [InlineData("answer_length")]
    [InlineData("reasoning_tokens")]
    [InlineData("latency")]
    [InlineData("cost")]
    public void Nothing_to_measure_is_no_zero(string name)
    {
        var metric = Samples.Create(GenerationTask.Instance, name);

        Assert.All(Samples.Values(metric, new MetricSample { References = [] }).Values, value => Assert.Equal(double.NaN, value));
        Assert.All(metric.Values, value => Assert.False(value.HigherIsBetter));
    }

    [Fact]
    public void Sums_of_costs_are_exact() =>
        Gen.Long[0, 60_000_000_000_000_000]
            .Array[1, 50]
            .Sample(units =>
            {
                var metric = Samples.Create(GenerationTask.Instance, "cost");
                decimal[] costs = [.. units.Select(unit => unit / 1_000_000_000_000m)];
                var sums = new long[metric.SumLength];
                foreach (var cost in costs)
                {
                    var statistic = new long[metric.StatisticLength];
                    metric.Measure(
                        new MetricSample
                        {
                            References = [],
                            Response = new ResponseFigures { Cost = cost },
                        },
                        statistic
                    );
                    for (var word = 0; word < sums.Length; word++)
                    {
                        sums[word] += statistic[word];
                    }
                }

                Assert.Equal(costs.Sum(), (sums[1] / 1_000_000m) + (sums[2] / 1_000_000_000_000m));
            });

    [Fact]
    public void Reasoning_that_an_endpoint_shows_and_does_not_count_is_not_measured()
    {
        var row = new EvaluatedSample
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            Text = "yes",
        };

        Assert.Equal(0, row.ToMetricSample().ReasoningTokens);
        Assert.Null((row with { Reasoning = "Let me see." }).ToMetricSample().ReasoningTokens);
        Assert.Equal(3, (row with { Reasoning = "Let me see.", ReasoningTokens = 3 }).ToMetricSample().ReasoningTokens);
    }

    private static Dictionary<string, double> Values(string name, params MetricSample[] samples) =>
        Samples.Values(Samples.Create(GenerationTask.Instance, name), samples);
}
