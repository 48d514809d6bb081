using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Extraction;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tasks.Regression;
using FunctionsEval.Core.Tasks.ToolCalls;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Metrics and random samples for them.</summary>
internal static class Samples
{
    public static readonly string[] Labels = ["yes", "no", "may|be/ü"];

    private static readonly Gen<string> Words = Gen.OneOf(
            "the",
            "a",
            "cat",
            "Cats",
            "running",
            "1,000.5",
            "é",
            "中文",
            "😀",
            ".",
            "U.S.",
            "\n",
            "don't"
        )
        .Array[0, 12]
        .Select(words => string.Join(' ', words));

    private static readonly Gen<string> Number = Gen.OneOf(
            Gen.Int[-3, 3].Select(number => (double)number),
            Gen.Double[-1e12, 1e12],
            Gen.Double[-1e-6, 1e-6]
        )
        .Select(CanonicalNumber.Write);

    /// <summary>Samples for every task at once: classification labels are texts too.</summary>
    public static readonly Gen<MetricSample> Texts = Gen.Select(
        Words,
        Words.Array[0, 2],
        Words.Null(),
        Gen.Double[-50, 0].Nullable(),
        Gen.Int[1, 30],
        Gen.Int[0, 3],
        (reference, others, prediction, logProbability, tokens, grade) =>
            new MetricSample
            {
                Grades = Grades(grade),
                Choices = Choices(grade, logProbability, tokens),
                References = [reference, .. others],
                Prediction = prediction,
                LogProbability = logProbability,
                LogProbabilityTokens = tokens,
                ScoredText = reference,
            }
    );

    public static readonly Gen<MetricSample> Classified = Gen.Select(
        Gen.OneOf(Labels),
        Gen.OneOf([.. Labels, "other", null]),
        Gen.OneOf([.. Labels, null]),
        Gen.Int[1, 20].Array[3].Null(),
        (reference, prediction, lenient, odds) =>
            new MetricSample
            {
                References = [reference],
                Prediction = prediction,
                LenientPrediction = prediction ?? lenient,
                UnresolvedLabelMass = odds is null ? null : 1.0 / odds[0],
                LabelProbabilities = odds is null
                    ? null
                    : Labels
                        .Zip(odds, (label, odd) => (label, (double)odd / odds.Sum()))
                        .ToDictionary(pair => pair.label, pair => pair.Item2),
            }
    );

    /// <summary>Objects of few names and values, some answers none.</summary>
    public static readonly Gen<MetricSample> Extracted = Gen.Select(
        Fields.Values.Objects,
        Fields.Values.Objects.Null(),
        (reference, prediction) =>
            new MetricSample
            {
                References = [reference],
                Prediction = prediction,
                LenientPrediction = prediction,
                ScoredText = prediction,
            }
    );

    /// <summary>Turns that call tools, in the place of each other's references and answers.</summary>
    public static readonly Gen<MetricSample> CalledTurns = Gen.Select(
        ToolTurns.Turns,
        ToolTurns.Turns.Null(),
        (reference, answer) =>
            new MetricSample
            {
                References = [reference.Written],
                Prediction = answer?.Written,
                LenientPrediction = answer?.Written,
                ToolCalls = answer is null ? null : ToolTurns.Check(answer.Calls),
            }
    );

    /// <summary>Sets of labels in their canonical texts; some answers are none.</summary>
    public static readonly Gen<MetricSample> LabelSets = Gen.Select(
        Gen.Bool.Array[3],
        Gen.Bool.Array[3].Null(),
        (reference, prediction) =>
            new MetricSample { References = [SetOf(reference)], Prediction = prediction is null ? null : SetOf(prediction) }
    );

    /// <summary>Numbers in their canonical texts, in few and in many values; some answers are none.</summary>
    public static readonly Gen<MetricSample> Numbers = Gen.Select(
        Number,
        Number.Null(),
        (reference, prediction) => new MetricSample { References = [reference], Prediction = prediction }
    );

    /// <summary>Every metric of the catalogue with its defaults, and some with other options.</summary>
    public static IEnumerable<Metric> AllMetrics()
    {
        foreach (var task in TaskCatalog.All)
        {
            foreach (var name in MetricCatalog.Names)
            {
                IReadOnlyList<Metric> metrics = [];
                try
                {
                    metrics = MetricCatalog.Create(
                        task,
                        [Minimal(name)],
                        new MetricSettings { Labels = Labels, PositiveLabel = Labels[0] }
                    );
                }
                catch (OptionException exception) when (exception.Message.Contains("does not fit the task", StringComparison.Ordinal)) { }

                foreach (var metric in metrics)
                {
                    yield return metric;
                }
            }
        }

        yield return Create(ClassificationTask.Instance, "cohen_kappa", ("weights", "quadratic"));
        yield return Create(ClassificationTask.Instance, "f1", ("zero_division", "nan"), ("labels", Labels[..2]));
        yield return Create(ClassificationTask.Instance, "f1", ("parse", "lenient"));
        yield return Create(ClassificationTask.Instance, "calibration", ("bins", 3), ("prefix", "coarse_"));
        yield return Create(ClassificationTask.Instance, "roc_auc", ("multi_class", "ovo"));
        yield return Create(
            ExtractionTask.Instance,
            "field_f1",
            ("fields", new Dictionary<string, string> { ["a"] = "text", ["b"] = "set" })
        );
        yield return Create(ExtractionTask.Instance, "entity_f1", ("field", "c"), ("labels", new[] { "a" }), ("match", "overlap"));
        yield return Create(ToolCallsTask.Instance, "tool_names", ("functions", ToolTurns.Functions));
        yield return Create(ToolCallsTask.Instance, "tool_calls", ("arguments", new { city = "text" }), ("prefix", "lax_"));
        yield return Create(MultiLabelTask.Instance, "multi_label_f1", ("zero_division", "nan"));
        yield return Create(MultiLabelTask.Instance, "jaccard", ("zero_division", 1));
        yield return Create(RegressionTask.Instance, "within_tolerance", ("absolute", 1), ("relative", 0.1));
        yield return Create(GenerationTask.Instance, "chrf", ("word_order", 2));
        yield return Create(GenerationTask.Instance, "rouge", ("use_stemmer", true), ("rouge_types", new[] { "rouge3", "rougeLsum" }));
    }

    /// <summary>Grades of every kind: none, unreadable, wrong, right.</summary>
    public static IReadOnlyDictionary<string, Grade>? Grades(int kind) =>
        kind == 0
            ? null
            : new Dictionary<string, Grade>
            {
                ["judge"] =
                    kind == 1
                        ? new Grade { Outcome = GradeOutcome.Unparsable }
                        : new Grade { Outcome = GradeOutcome.Graded, Label = kind == 2 ? "wrong" : "right" },
                ["semantic_similarity"] =
                    kind == 1
                        ? new Grade { Outcome = GradeOutcome.NotGraded }
                        : new Grade { Outcome = GradeOutcome.Graded, Score = kind / 3.0 },
                ["pairwise_first"] = new Grade
                {
                    Outcome = GradeOutcome.Graded,
                    Label = kind == 2 ? "B" : "A",
                    Lengths = kind == 1 ? null : new ComparedLengths(kind * 10, 25),
                },
                ["pairwise_second"] =
                    kind == 1
                        ? new Grade { Outcome = GradeOutcome.NotGraded }
                        : new Grade { Outcome = GradeOutcome.Graded, Label = kind == 2 ? "tie" : "B" },
                ["grader.check"] = new Grade { Outcome = GradeOutcome.Graded, Score = kind % 2 },
                ["grader.similarity"] =
                    kind == 1
                        ? new Grade { Outcome = GradeOutcome.NotGraded }
                        : new Grade { Outcome = GradeOutcome.Graded, Score = kind / 3.0 },
            };

    /// <summary>Two answers, of which the first is preferred; null for a sample without a probability.</summary>
    private static ChoiceLikelihood[]? Choices(int kind, double? logProbability, int tokens) =>
        logProbability is not { } given
            ? null
            :
            [
                new ChoiceLikelihood("yes", given, IsGreedy: kind == 1, IsGold: true) { Tokens = tokens },
                new ChoiceLikelihood("no", -20, IsGreedy: kind == 2, IsGold: false) { Tokens = kind },
            ];

    /// <summary>A grader of two others.</summary>
    private const string MultiGrader = """
        {"type":"multi","name":"both","pass_threshold":0.6,"calculate_output":"0.25 * check + 0.75 * similarity","graders":{
          "check":{"type":"string_check","name":"a","input":"{{sample.output_json.a}}","reference":"{{item.a}}","operation":"eq"},
          "similarity":{"type":"text_similarity","name":"b","input":"{{sample.output_text}}","reference":"{{item.b}}","evaluation_metric":"gleu"}}}
        """;

    /// <summary>A metric with the options that it cannot do without.</summary>
    public static MetricSpec Minimal(string name) =>
        name switch
        {
            "judge" => Spec(name, ("model", "judge"), ("labels", new[] { "right", "wrong" })),
            "pairwise" => Spec(name, ("model", "judge")),
            "semantic_similarity" => Spec(name, ("model", "embedder")),
            "schema_valid" => Spec(name, ("schema", new { type = "object", required = new[] { "a" } })),
            "field_confusion" => Spec(name, ("fields", new[] { "a", "b" })),
            "grader" => Spec(name, ("grader", JsonDocument.Parse(MultiGrader).RootElement)),
            _ => Spec(name),
        };

    public static Metric Create(TaskDefinition task, string name, params (string Name, object Value)[] options) =>
        MetricCatalog.Create(task, [Spec(name, options)], new MetricSettings { Labels = task.HasLabels ? Labels : [] })[0];

    public static MetricSpec Spec(string name, params (string Name, object Value)[] options) =>
        new()
        {
            Name = name,
            Options = options.ToDictionary(option => option.Name, option => JsonSerializer.SerializeToElement(option.Value)),
        };

    public static bool IsClassification(Metric metric) =>
        metric.Needs == AnswerDetail.LabelProbabilities
        || metric.Name is "accuracy" or "balanced_accuracy" or "cohen_kappa" or "confusion_matrix" or "f1" or "mcc" or "unparsable_rate";

    public static Gen<MetricSample> For(Metric metric) =>
        IsClassification(metric) ? Classified
        : metric.Name is "field_f1" or "field_confusion" or "entity_f1" or "json_valid" or "schema_valid" ? Extracted
        : metric.Name.StartsWith("tool_", StringComparison.Ordinal) ? CalledTurns
        : IsOfLabelSets(metric) ? LabelSets
        : IsOfNumbers(metric) ? Numbers
        : Texts;

    public static bool IsOfLabelSets(Metric metric) => metric.Name is "subset_accuracy" or "hamming_loss" or "jaccard" or "multi_label_f1";

    public static bool IsOfNumbers(Metric metric) =>
        metric.Name is "mae" or "rmse" or "mape" or "r2" or "pearson" or "spearman" or "kendall" or "within_tolerance";

    private static string SetOf(bool[] chosen) =>
        JsonSerializer.Serialize(Labels.Zip(chosen).Where(pair => pair.Second).Select(pair => pair.First));

    public static Dictionary<string, double> Values(Metric metric, params IEnumerable<MetricSample> samples) =>
        MetricScore.Values(metric, samples);
}
