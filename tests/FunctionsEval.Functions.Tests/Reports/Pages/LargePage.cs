using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Functions.Tests.Reports.Pages;

/// <summary>A report of a hundred thousand samples of 120 labels in a thousand slices, with answers that have no end.</summary>
internal static class LargePage
{
    public static Task<string> WriteAsync()
    {
        var summary = Summary(labels: 120, samples: 100_000, slices: 1000);
        var long_ = string.Concat(Enumerable.Repeat("\"<&>' ", 3_000));
        List<AnswerPair> shown =
        [
            .. Enumerable
                .Range(0, 3_000)
                .Select(number => new AnswerPair(
                    Row(number, 120, 1000, number * 7 % 10) with
                    {
                        Input = long_,
                    },
                    Row(number, 120, 1000, number * 3 % 10) with
                    {
                        Input = long_,
                    }
                )),
        ];
        return ReportPages.WriteAsync(summary, shown, failure: null);
    }

    public static RunSummary Summary(int labels, int samples, int slices)
    {
        var spec = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "tuned",
            Baseline = "base",
            Labels = [.. Enumerable.Range(0, labels).Select(NameOf)],
            Slices = ["channel"],
            Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }, new MetricSpec { Name = "confusion_matrix" }],
            Intervals = new IntervalSpec { Replicates = 20 },
            Gate = new GateSpec { Rules = [new MinimumRule { Metric = "accuracy", Minimum = 0.8 }] },
        };
        var pairs = Enumerable
            .Range(0, samples)
            .Select(number => new AnswerPair(Row(number, labels, slices, number * 7 % 10), Row(number, labels, slices, number * 3 % 10)));
        return ReportPages.Summary(spec, OfflineScore.Compute(spec, pairs), samples);
    }

    private static string NameOf(int label) => $"label {label}";

    private static EvaluatedSample Row(int number, int labels, int slices, int wrong)
    {
        var answer = NameOf((number + (wrong == 0 ? 1 + (number % 11) : 0)) % labels);
        return new EvaluatedSample
        {
            Id = $"s{number}",
            Ordinal = number,
            Line = number + 1,
            Offset = number,
            Outcome = Outcome.Scored,
            References = [NameOf(number % labels)],
            Text = answer,
            Prediction = answer,
            Tags = new Dictionary<string, string> { ["channel"] = $"c{number % slices}" },
        };
    }
}
