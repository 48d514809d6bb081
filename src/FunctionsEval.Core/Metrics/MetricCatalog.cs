using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Chrf;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.ErrorRate;
using FunctionsEval.Core.Metrics.ExactMatch;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Perplexity;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Ter;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics;

/// <summary>All metrics there are, by the names that specs use.</summary>
public static class MetricCatalog
{
    private const MetricSubjects Classification = MetricSubjects.Label;
    private const MetricSubjects Answers = MetricSubjects.Answer;
    private const MetricSubjects LanguageModelling = MetricSubjects.ScoredText;
    private const MetricSubjects MultipleChoice = MetricSubjects.ScoredChoices;

    private static readonly Dictionary<string, Entry> Entries = new(StringComparer.Ordinal)
    {
        ["accuracy"] = new(Classification, (_, _) => new AccuracyMetric()),
        ["average_precision"] = new(Classification, (options, task) => CreateRanking(RankingCurve.AveragePrecision, options, task))
        {
            ReadsAnswer = false,
        },
        ["balanced_accuracy"] = new(Classification, (options, task) => new BalancedAccuracyMetric(task.Labels, options.Bool("adjusted"))),
        ["bleu"] = new(Answers, (options, _) => CreateBleu(options)),
        ["brier"] = new(Classification, (_, task) => new BrierMetric(task.Labels, task.Probabilities, task.Labels.Of(task.PositiveLabel)))
        {
            ReadsAnswer = false,
        },
        ["calibration"] = new(Classification, CreateCalibration) { ReadsAnswer = false },
        ["cer"] = new(Answers, (_, _) => new ErrorRateMetric(ErrorUnit.Character)),
        ["chrf"] = new(Answers, (options, _) => CreateChrf(options)),
        ["cohen_kappa"] = new(Classification, CreateKappa),
        ["contains"] = new(Answers, (options, _) => new ContainsMetric(options.Bool("ignore_case"))),
        ["confusion_matrix"] = new(Classification, (options, task) => new ConfusionMatrixMetric(ReadFewLabels(options, task))),
        ["exact_match"] = new(Answers, (options, _) => CreateExactMatch(options)),
        ["f1"] = new(Classification, CreateFScore),
        ["judge"] = new(Answers, (options, _) => CreateJudge(options)) { ReadsAnswer = false },
        ["log_loss"] = new(Classification, (_, task) => new LogLossMetric(task.Labels, task.Probabilities)) { ReadsAnswer = false },
        ["mcc"] = new(Classification, (_, task) => new MatthewsCorrelationMetric(task.Labels)),
        ["multiple_choice"] = new(MultipleChoice, (_, _) => new MultipleChoiceMetric()) { ReadsAnswer = false },
        ["perplexity"] = new(LanguageModelling, (_, _) => new PerplexityMetric(ofAnswer: false)) { ReadsAnswer = false },
        ["roc_auc"] = new(Classification, (options, task) => CreateRanking(RankingCurve.RocAuc, options, task)) { ReadsAnswer = false },
        ["rouge"] = new(Answers, (options, _) => CreateRouge(options)),
        ["self_perplexity"] = new(Answers, (_, _) => new PerplexityMetric(ofAnswer: true)) { ReadsAnswer = false },
        ["semantic_similarity"] = new(
            Answers,
            (options, _) =>
                new SemanticSimilarityMetric(new SimilaritySpec($"{options.Text("prefix")}semantic_similarity", GraderModel(options)))
        )
        {
            ReadsAnswer = false,
        },
        ["squad"] = new(Answers, (options, _) => CreateSquad(options)),
        ["ter"] = new(Answers, (options, _) => CreateTer(options)),
        ["top_k_accuracy"] = new(
            Classification,
            (options, task) => new TopKAccuracyMetric(task.Labels, task.Probabilities, options.Int("k", 2, 1, 26))
        )
        {
            ReadsAnswer = false,
        },
        ["unparsable_rate"] = new(Answers, (_, _) => new UnparsableRateMetric()) { ReadsAnswer = false },
        ["wer"] = new(Answers, (_, _) => new ErrorRateMetric(ErrorUnit.Word)),
    };

    private delegate Metric Factory(OptionReader options, TaskContext task);

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Creates the metrics of a spec, each followed by what tells how many samples it was measured on, where that is not all.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="specs">The metrics asked for; the task's defaults when empty.</param>
    /// <param name="labels">The closed list of labels; needed by classification metrics.</param>
    /// <param name="positiveLabel">The label that counts as positive for binary numbers; null for none.</param>
    /// <param name="probabilities">How the probabilities of labels are had.</param>
    /// <exception cref="OptionException">A metric or option is unknown, has a wrong value, or does not fit the task.</exception>
    public static IReadOnlyList<Metric> Create(
        IMeasuredTask task,
        IReadOnlyList<MetricSpec> specs,
        IReadOnlyList<string> labels,
        string? positiveLabel,
        LabelProbabilityMethod probabilities = LabelProbabilityMethod.Alternatives
    )
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(labels);
        var context = CreateContext(task, labels, positiveLabel) with { Probabilities = probabilities };
        specs =
            specs.Count > 0 ? specs
            : labels.Count <= SpecLimits.MaxLabelsSquared ? task.DefaultMetrics
            : [.. task.DefaultMetrics.Where(metric => metric.Name != "confusion_matrix")];
        var metrics = new List<Metric>(specs.Count);
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < specs.Count; i++)
        {
            var path = $"metrics[{i}]";
            foreach (var metric in Create(specs[i], path, context))
            {
                foreach (var name in metric.Values.Select(value => value.Name).DefaultIfEmpty(metric.Name))
                {
                    if (!places.TryAdd(name, path))
                    {
                        throw new OptionException(
                            path,
                            $"yields '{name}', which {places[name]} yields already; give one of them a \"prefix\"."
                        );
                    }
                }

                metrics.Add(metric);
            }
        }

        if (metrics.Exists(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities)))
        {
            metrics.Add(new UnresolvedLabelMassMetric(probabilities));
        }

        return metrics;
    }

    private static TaskContext CreateContext(IMeasuredTask task, IReadOnlyList<string> labels, string? positiveLabel)
    {
        if (labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new OptionException("labels", $"'{duplicate.Key}' is listed twice.");
        }

        if (positiveLabel is not null && !labels.Contains(positiveLabel, StringComparer.Ordinal))
        {
            throw new OptionException("positiveLabel", NearestName.Unknown("label", positiveLabel, labels));
        }

        return new TaskContext(task, new LabelIndex(labels), positiveLabel);
    }

    /// <summary>A metric of a spec, and what tells how many samples it was measured on.</summary>
    private static IEnumerable<Metric> Create(MetricSpec spec, string path, TaskContext context)
    {
        if (!Entries.TryGetValue(spec.Name, out var entry))
        {
            throw new OptionException($"{path}.name", NearestName.Unknown("metric", spec.Name, Names));
        }

        if (!context.Task.Subjects.HasFlag(entry.Subject))
        {
            var fitting = Entries
                .Where(pair => context.Task.Subjects.HasFlag(pair.Value.Subject))
                .Select(pair => pair.Key)
                .Order(StringComparer.Ordinal);
            throw new OptionException(
                $"{path}.name",
                $"'{spec.Name}' does not fit the task {context.Task.Name}. Fitting: {string.Join(", ", fitting)}."
            );
        }

        if (entry.Subject == MetricSubjects.Label && context.Labels.Count == 0)
        {
            throw new OptionException("labels", $"'{spec.Name}' ({path}) needs the closed list of labels.");
        }

        var options = new OptionReader(path, spec.Options);
        var isLenient = entry.ReadsAnswer && options.Choice("parse", "strict", ["strict", "lenient"]) == "lenient";
        var prefix = options.Text("prefix") ?? (isLenient ? "lenient_" : "");
        var metric = entry.Create(options, context);
        options.RefuseUnread($"option of '{spec.Name}'");
        if (isLenient && metric.Values.Count == 0)
        {
            throw options.Wrong("parse", $"is of no use to '{spec.Name}', which yields no numbers");
        }

        metric = isLenient ? new LenientMetric(metric) : metric;
        if (prefix.Length > 0 && metric.Values.Count == 0)
        {
            throw options.Wrong("prefix", $"is of no use to '{spec.Name}', which yields no numbers");
        }

        Metric[] all = metric.Coverage is { } coverage ? [metric, coverage] : [metric];
        return prefix.Length == 0 ? all : all.Select(one => new PrefixedMetric(one, prefix));
    }

    private static BleuMetric CreateBleu(OptionReader options)
    {
        var smoothing = BleuOptions.SmoothingByName[options.Choice("smooth_method", "exp", BleuOptions.SmoothingByName.Keys)];
        return new BleuMetric(
            new BleuOptions
            {
                Tokenize = ReadTokenizer(options, "tokenize", "13a", TranslationTokenizer.ByName.Keys),
                Lowercase = options.Bool("lowercase"),
                Smoothing = smoothing,
                SmoothingValue = options.Number("smooth_value", 0, 1000),
                MaxNgramOrder = options.Int("max_ngram_order", 4, 1, 9),
                EffectiveOrder = options.Bool("effective_order"),
            }
        );
    }

    private static ChrfMetric CreateChrf(OptionReader options) =>
        new(
            new ChrfOptions
            {
                CharOrder = options.Int("char_order", 6, 1, 20),
                WordOrder = options.Int("word_order", 0, 0, 9),
                Beta = options.Int("beta", 2, 1, 100),
                Lowercase = options.Bool("lowercase"),
                Whitespace = options.Bool("whitespace"),
                EpsSmoothing = options.Bool("eps_smoothing"),
            }
        );

    private static TerMetric CreateTer(OptionReader options) =>
        new(
            new TercomOptions
            {
                Normalized = options.Bool("normalized"),
                NoPunct = options.Bool("no_punct"),
                AsianSupport = options.Bool("asian_support"),
                CaseSensitive = options.Bool("case_sensitive"),
            }
        );

    private static RougeMetric CreateRouge(OptionReader options)
    {
        var types = options.Texts("rouge_types") ?? RougeMetric.DefaultTypes;
        if (types.Count == 0 || types.Distinct(StringComparer.Ordinal).Count() < types.Count)
        {
            throw options.Wrong("rouge_types", "must name at least one type, each once");
        }

        foreach (var type in types.Where(type => !RougeMetric.AllTypes.Contains(type)))
        {
            throw new OptionException($"{options.Path}.rouge_types", NearestName.Unknown("ROUGE type", type, RougeMetric.AllTypes));
        }

        var tokenizer = ReadTokenizer(options, "tokenizer", RougeTokenizer.Default, RougeTokenizer.Names);
        var useStemmer = options.Bool("use_stemmer");
        return useStemmer && tokenizer != RougeTokenizer.Default
            ? throw options.Wrong("use_stemmer", $"stems English words, and goes with the tokenizer \"{RougeTokenizer.Default}\" only")
            : new RougeMetric(types, new RougeTokenizer(tokenizer, useStemmer));
    }

    private static string ReadTokenizer(OptionReader options, string name, string fallback, IEnumerable<string> offered) =>
        options.Text(name) is { } value && TranslationTokenizer.NotOffered.TryGetValue(value, out var reason)
            ? throw options.Wrong(name, $"cannot be \"{value}\", which {reason}")
            : options.Choice(name, fallback, offered);

    private static SquadMetric CreateSquad(OptionReader options) =>
        new(options.Choice("version", "v1", ["v1", "v2"]) == "v1" ? SquadVersion.V1 : SquadVersion.V2);

    private static Metric CreateKappa(OptionReader options, TaskContext task) =>
        options.Choice("weights", "none", ["none", "linear", "quadratic"]) switch
        {
            "linear" => new WeightedKappaMetric(task.Labels, KappaWeights.Linear),
            "quadratic" => new WeightedKappaMetric(task.Labels, KappaWeights.Quadratic),
            _ => new CohenKappaMetric(task.Labels),
        };

    private static FScoreMetric CreateFScore(OptionReader options, TaskContext task)
    {
        var labels = ReadLabels(options, task);
        var zeroDivision = options.Read("zero_division") switch
        {
            null => 0,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number is 0 or 1 => value.GetInt32(),
            { ValueKind: JsonValueKind.String } value when value.GetString() == "nan" => double.NaN,
            _ => throw options.Wrong("zero_division", "must be 0, 1 or \"nan\""),
        };
        return new FScoreMetric(
            labels,
            new FScoreOptions
            {
                Beta = options.Number("beta", 0, 100) ?? 1,
                PositiveLabel = task.PositiveLabel,
                ZeroDivision = zeroDivision,
                IsClosedList = options.Bool("all_labels") || options.Texts("labels", maxCount: SpecLimits.MaxLabels) is not null,
            }
        );
    }

    private static JudgeMetric CreateJudge(OptionReader options)
    {
        var labels = options.Texts("labels") ?? [];
        var scale = options.Numbers("scale");
        if (labels.Count > 0 == scale is not null)
        {
            throw options.Wrong(
                "scale",
                "or \"labels\" must be given, and not both: \"scale\": [1, 5] or \"labels\": [\"correct\", \"wrong\"]"
            );
        }

        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count || labels.Contains(""))
        {
            throw options.Wrong("labels", "must be texts, each once");
        }

        if (scale is not null && !(scale is [>= -1e6, <= 1e6] && scale[0] < scale[1]))
        {
            throw options.Wrong("scale", "must be the lowest and the highest score, from -1000000 to 1000000, for example [1, 5]");
        }

        var pass = options.Texts("pass") ?? [.. labels.Take(1)];
        foreach (var label in pass.Where(label => !labels.Contains(label, StringComparer.Ordinal)))
        {
            throw new OptionException($"{options.Path}.pass", NearestName.Unknown("label of this judge", label, labels));
        }

        var rubric = options.Text("rubric", SpecLimits.MaxBytes) ?? DefaultRubric.For(labels, scale);
        if (!PromptTemplate.TryParse(rubric, out _, out var error))
        {
            throw options.Wrong("rubric", $"is not a Liquid template: {error}");
        }

        return new JudgeMetric(
            new JudgeSpec($"{options.Text("prefix")}judge", GraderModel(options))
            {
                Rubric = rubric,
                Labels = labels,
                Pass = pass,
                Lowest = scale?[0] ?? 0,
                Highest = scale?[1] ?? 0,
                MaxOutputTokens = options.Int("max_output_tokens", 256, 1, 100_000),
            }
        );
    }

    private static string GraderModel(OptionReader options) =>
        options.Text("model") is { Length: > 0 } model
            ? model
            : throw options.Wrong("model", "is missing: the name of the configured model that grades");

    private static RankingMetric CreateRanking(RankingCurve curve, OptionReader options, TaskContext task)
    {
        var average = options.Choice("average", "macro", ["macro", "weighted"]);
        var contest = curve == RankingCurve.RocAuc ? options.Choice("multi_class", "ovr", ["ovr", "ovo"]) : "ovr";
        if (task.PositiveLabel is { } positive)
        {
            if ((options.Read("average") ?? options.Read("multi_class")) is not null)
            {
                throw options.Wrong(
                    options.Read("average") is null ? "multi_class" : "average",
                    "has no meaning with a positiveLabel: the number is then that label's alone"
                );
            }

            return new RankingMetric(
                RankingRule.OneClass(curve, task.Labels.Of(positive)),
                task.Labels,
                task.Probabilities,
                "of:positive_label"
            );
        }

        if (contest == "ovo" && average == "weighted")
        {
            throw options.Wrong("average", "must be \"macro\" with multi_class \"ovo\"");
        }

        if (contest == "ovo" && task.Labels.Count > SpecLimits.MaxLabelsSquared)
        {
            throw options.Wrong("multi_class", $"must be \"ovr\" with more than {SpecLimits.MaxLabelsSquared} labels");
        }

        var rule =
            contest == "ovo"
                ? RankingRule.OneVersusOne(curve, task.Labels.Count)
                : RankingRule.OneVersusRest(curve, task.Labels.Count, average == "weighted");
        return new RankingMetric(
            rule,
            task.Labels,
            task.Probabilities,
            $"multi_class:{contest}|average:{average}|labels:{task.Labels.Count}"
        );
    }

    private static CalibrationMetric CreateCalibration(OptionReader options, TaskContext task)
    {
        var isOfPositive = options.Choice("confidence", "top_label", ["top_label", "positive_label"]) == "positive_label";
        if (isOfPositive && task.PositiveLabel is null)
        {
            throw options.Wrong("confidence", "is \"positive_label\", but the spec has no positiveLabel");
        }

        return new CalibrationMetric(
            task.Labels,
            task.Probabilities,
            isOfPositive ? task.Labels.Of(task.PositiveLabel) : LabelIndex.Outside,
            options.Int("bins", 15, 1, 100)
        );
    }

    /// <summary>The labels to look at: the spec's, or some of them.</summary>
    private static LabelIndex ReadLabels(OptionReader options, TaskContext task)
    {
        if (options.Texts("labels", maxCount: SpecLimits.MaxLabels) is not { } labels)
        {
            return task.Labels;
        }

        if (labels.Count == 0 || labels.Distinct(StringComparer.Ordinal).Count() < labels.Count)
        {
            throw options.Wrong("labels", "must name at least one label, each once");
        }

        foreach (var label in labels.Where(label => task.Labels.Of(label) == LabelIndex.Outside))
        {
            throw new OptionException($"{options.Path}.labels", NearestName.Unknown("label", label, task.Labels.Labels));
        }

        return new LabelIndex(labels);
    }

    /// <summary>Labels for a metric that counts each against each other.</summary>
    private static LabelIndex ReadFewLabels(OptionReader options, TaskContext task) =>
        ReadLabels(options, task) is { Count: <= SpecLimits.MaxLabelsSquared } labels
            ? labels
            : throw options.Wrong(
                "labels",
                $"must name at most {SpecLimits.MaxLabelsSquared} of the labels, since a confusion matrix has the square of their number"
            );

    private static ExactMatchMetric CreateExactMatch(OptionReader options)
    {
        var regexes = new List<Regex>();
        foreach (var (index, pattern) in (options.Texts("regexes_to_ignore", SpecLimits.MaxPattern) ?? []).Index())
        {
            try
            {
                regexes.Add(AnswerPattern.Compile(pattern));
            }
            catch (RegexParseException invalid)
            {
                throw options.Wrong(
                    "regexes_to_ignore",
                    $"has at [{index}] what is not usable as a .NET regular expression: {invalid.Error} at character {invalid.Offset + 1}"
                );
            }
        }

        return new ExactMatchMetric(
            new ExactMatchOptions
            {
                RegexesToIgnore = regexes,
                IgnoreCase = options.Bool("ignore_case"),
                IgnorePunctuation = options.Bool("ignore_punctuation"),
                IgnoreNumbers = options.Bool("ignore_numbers"),
                IgnoreArticles = options.Bool("ignore_articles"),
                IgnoreWhitespace = options.Bool("ignore_whitespace"),
            }
        );
    }

    private sealed record Entry(MetricSubjects Subject, Factory Create)
    {
        /// <summary>Whether the metric is of the answer as it was parsed, so that it can be asked for by the lenient reading too.</summary>
        public bool ReadsAnswer { get; init; } = true;
    }

    private sealed record TaskContext(IMeasuredTask Task, LabelIndex Labels, string? PositiveLabel)
    {
        public LabelProbabilityMethod Probabilities { get; init; }
    }
}
