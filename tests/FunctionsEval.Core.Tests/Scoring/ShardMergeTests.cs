using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.MultipleChoice;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>
/// The result of a run depends on its rows alone: not on how they are split, nor on the order in which the parts are merged.
/// </summary>
public sealed class ShardMergeTests
{
    private static readonly string[] Labels = ["billing", "refund", "login", "other"];
    private static readonly string[] Words = ["the", "a", "cat", "dogs", "running", "ran", "home", "é", "中文", "😀", "1999.", "-"];

    [Theory]
    [InlineData("classification")]
    [InlineData("generation")]
    [InlineData("language_modelling")]
    [InlineData("multiple_choice")]
    public void Finish_of_1_7_and_64_shards_merged_in_any_order_has_the_same_bytes(string name)
    {
        var task = TaskCatalog.Get(name);
        var spec = SpecOf(task);
        var answers = Answers(task, 640);
        var expected = Score(spec, answers, shards: 1, order => order);

        foreach (var shards in new[] { 7, 64 })
        {
            Assert.Equal(expected, Score(spec, answers, shards, order => order));
            Assert.Equal(expected, Score(spec, answers, shards, order => order.Reverse()));
            Assert.Equal(expected, Score(spec, answers, shards, order => order.OrderBy(shard => (shard * 37) % 101)));
        }
    }

    private static string Score(EvaluationSpec spec, AnswerPair[] answers, int shards, Func<IEnumerable<int>, IEnumerable<int>> order)
    {
        var parts = Enumerable.Range(0, shards).Select(_ => new OfflineScore(spec, hasBaseline: true)).ToArray();
        foreach (var (index, answer) in answers.Index())
        {
            parts[index * shards / answers.Length].Add(answer);
        }

        var total = new OfflineScore(spec, hasBaseline: true);
        foreach (var shard in order(Enumerable.Range(0, shards)))
        {
            total.Merge(parts[shard]);
        }

        return JsonSerializer.Serialize(total.Finish());
    }

    /// <summary>Every metric of the catalogue that fits the task.</summary>
    private static EvaluationSpec SpecOf(TaskDefinition task)
    {
        var spec = new EvaluationSpec
        {
            Task = task,
            Model = "candidate",
            Baseline = "baseline",
            Labels = task == ClassificationTask.Instance ? Labels : [],
            Slices = ["language"],
            Intervals = new IntervalSpec { Replicates = 60 },
            Gate = new GateSpec { Rules = [new MinimumCoverageRule { MinimumCoverage = 0.5 }] },
        };
        return spec with { Metrics = [.. MetricCatalog.Names.Where(Fits).Select(Samples.Minimal)] };

        bool Fits(string name)
        {
            try
            {
                return MetricCatalog.Create(task, [Samples.Minimal(name)], new MetricSettings { Labels = spec.Labels }).Count > 0;
            }
            catch (OptionException refused) when (refused.Message.Contains("does not fit the task", StringComparison.Ordinal))
            {
                return false;
            }
        }
    }

    private static AnswerPair[] Answers(TaskDefinition task, int count)
    {
        var random = new Random(7);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(index =>
                {
                    var reference = task == ClassificationTask.Instance ? Labels[random.Next(Labels.Length)] : Text(random);
                    var language = random.Next(3) switch
                    {
                        0 => "de",
                        1 => "fr",
                        _ => "ja",
                    };
                    return new AnswerPair(Row(task, random, index, reference, language), Row(task, random, index, reference, language));
                }),
        ];
    }

    private static EvaluatedSample Row(TaskDefinition task, Random random, int index, string reference, string language)
    {
        var outcome = random.Next(10) switch
        {
            0 => Outcome.Unparsable,
            1 => Outcome.ContentFiltered,
            _ => Outcome.Scored,
        };
        var odds = Labels.Select(_ => random.Next(1, 50)).ToArray();
        var prediction =
            task == ClassificationTask.Instance ? Labels[random.Next(Labels.Length)]
            : random.Next(3) == 0 ? reference
            : Text(random);
        return new EvaluatedSample
        {
            Id = index.ToString(CultureInfo.InvariantCulture),
            Ordinal = index,
            Line = index + 1,
            Offset = index,
            Outcome = outcome,
            References = [reference],
            Prediction = outcome == Outcome.Scored ? prediction : null,
            LenientPrediction = outcome == Outcome.Unparsable && random.Next(2) == 0 ? prediction : null,
            Text = prediction,
            Tags = new Dictionary<string, string> { ["language"] = language },
            LogProbability = random.Next(4) == 0 ? null : -10 * random.NextDouble(),
            Choices =
                task == MultipleChoiceTask.Instance
                    ?
                    [
                        .. Labels.Select(
                            (label, choice) =>
                                new ChoiceLikelihood(label, -20 * random.NextDouble(), random.Next(3) == 0, choice == index % Labels.Length)
                        ),
                    ]
                    : null,
            Grades = Samples.Grades(random.Next(4)),
            LogProbabilityTokens = 1 + random.Next(9),
            LabelProbabilities =
                task != ClassificationTask.Instance || random.Next(5) == 0
                    ? null
                    : Labels
                        .Zip(odds, (label, odd) => (label, (double)odd / odds.Sum()))
                        .ToDictionary(pair => pair.label, pair => pair.Item2),
        };
    }

    private static string Text(Random random) =>
        string.Join(' ', Enumerable.Range(0, 1 + random.Next(12)).Select(_ => Words[random.Next(Words.Length)]));
}
