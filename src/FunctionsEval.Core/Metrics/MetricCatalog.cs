using FunctionsEval.Core.Metrics.Bleu;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Chrf;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Entities;
using FunctionsEval.Core.Metrics.ErrorRate;
using FunctionsEval.Core.Metrics.ExactMatch;
using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Metrics.Json;
using FunctionsEval.Core.Metrics.MultiLabel;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Perplexity;
using FunctionsEval.Core.Metrics.Preference;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.Metrics.Regression;
using FunctionsEval.Core.Metrics.Repeats;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.Metrics.Squad;
using FunctionsEval.Core.Metrics.Ter;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics;

/// <summary>All metrics there are, and how a spec's metrics are created.</summary>
public static class MetricCatalog
{
    private static readonly MetricDefinition[] Definitions =
    [
        AccuracyMetric.Definition,
        AnswerLengthMetric.Definition,
        BalancedAccuracyMetric.Definition,
        BleuMetric.Definition,
        BrierMetric.Definition,
        CalibrationMetric.Definition,
        ChrfMetric.Definition,
        CohenKappaMetric.Definition,
        ConfusionMatrixMetric.Definition,
        ContainsMetric.Definition,
        CostMetric.Definition,
        EntityScoreMetric.Definition,
        ErrorRateMetric.CharacterDefinition,
        ErrorRateMetric.WordDefinition,
        ExactMatchMetric.Definition,
        FieldConfusionMetric.Definition,
        FieldScoreMetric.Definition,
        FScoreMetric.Definition,
        JsonValidMetric.Definition,
        HammingLossMetric.Definition,
        JaccardMetric.Definition,
        JudgeMetric.Definition,
        LatencyMetric.Definition,
        LogLossMetric.Definition,
        MatthewsCorrelationMetric.Definition,
        MeanAbsoluteErrorMetric.Definition,
        MeanAbsolutePercentageErrorMetric.Definition,
        MultiLabelF1Metric.Definition,
        MultipleChoiceMetric.Definition,
        PairwiseMetric.Definition,
        PassAtKMetric.Definition,
        PearsonMetric.Definition,
        PerplexityMetric.AnswerDefinition,
        PerplexityMetric.ReferenceDefinition,
        PlatformGraderMetric.Definition,
        PreferenceLikelihoodMetric.Definition,
        RankingMetric.AveragePrecisionDefinition,
        RankCorrelationMetric.KendallDefinition,
        RankCorrelationMetric.SpearmanDefinition,
        RankingMetric.RocAucDefinition,
        DeterminationMetric.Definition,
        RootMeanSquareErrorMetric.Definition,
        ReasoningTokensMetric.Definition,
        RougeMetric.Definition,
        SchemaValidMetric.Definition,
        SemanticSimilarityMetric.Definition,
        SquadMetric.Definition,
        SubsetAccuracyMetric.Definition,
        TerMetric.Definition,
        ToolCallsMetric.Definition,
        ToolDecisionMetric.Definition,
        ToolNamesMetric.Definition,
        ToolValidityMetric.Definition,
        TopKAccuracyMetric.Definition,
        UnparsableRateMetric.Definition,
        WithinToleranceMetric.Definition,
    ];

    private static readonly Dictionary<string, MetricDefinition> ByName = Definitions.ToDictionary(
        definition => definition.Name,
        StringComparer.Ordinal
    );

    /// <summary>The names that specs use, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The kinds of tables that metrics yield.</summary>
    public static IReadOnlyList<MetricTableKind> TableKinds { get; } =
    [.. Definitions.Select(definition => definition.Table).OfType<MetricTableKind>()];

    /// <summary>What the numbers of all metrics are called and in which unit they are read.</summary>
    internal static IEnumerable<MetricNumberForm> Numbers =>
        Definitions
            .SelectMany(definition => definition.Numbers)
            .Concat(GradeCoverageMetric.Numbers)
            .Concat(UnresolvedLabelMassMetric.Numbers);

    /// <summary>
    /// Creates the metrics of a spec, each followed by the one that tells how many samples it was measured on, where that is not all.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="specs">The metrics asked for; the task's defaults when empty.</param>
    /// <param name="settings">What else of the spec the metrics depend on.</param>
    /// <exception cref="OptionException">A metric or option is unknown, has a wrong value, or does not fit the task.</exception>
    public static IReadOnlyList<Metric> Create(IMeasuredTask task, IReadOnlyList<MetricSpec> specs, MetricSettings settings)
    {
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(settings);
        var context = new MetricContext(task, settings) { Specs = specs };
        var metrics = CreateAll(specs.Count > 0 ? specs : DefaultsOf(context), context);
        if (metrics.Exists(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities)))
        {
            metrics.Add(new UnresolvedLabelMassMetric(settings.LabelProbabilities));
        }

        return metrics;
    }

    /// <summary>
    /// The metrics of a spec that compare answers with a reference, by the names that specs use; one that is unknown does.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="specs">The metrics asked for; the task's defaults when empty.</param>
    public static IReadOnlyList<string> ThatNeedReference(IMeasuredTask task, IReadOnlyList<MetricSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(specs);
        return
        [
            .. (specs.Count > 0 ? specs : task.DefaultMetrics)
                .Where(spec => !ByName.TryGetValue(spec.Name, out var definition) || NeedsReference(definition, spec))
                .Select(spec => spec.Name)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>The metrics that a spec of a task can name, in ordinal order.</summary>
    /// <param name="task">The task.</param>
    public static IReadOnlyList<string> ThatFit(IMeasuredTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return [.. Names.Where(name => ByName[name].Fits(task))];
    }

    /// <summary>The metrics of a task that need a detail of answers, whatever their options, in ordinal order.</summary>
    /// <param name="task">The task.</param>
    /// <param name="detail">The detail.</param>
    public static IReadOnlyList<string> ThatNeed(IMeasuredTask task, AnswerDetail detail)
    {
        var context = new MetricContext(task, new MetricSettings { Labels = ["no", "yes"], PositiveLabel = "yes" });
        return [.. ThatFit(task).Where(name => CreatePlain(ByName[name], context)?.Needs.HasFlag(detail) == true)];
    }

    /// <summary>A metric without options; null for one that must have some, which are graders and rules of fields.</summary>
    private static Metric? CreatePlain(MetricDefinition definition, MetricContext context)
    {
        try
        {
            return definition.Create(new OptionReader("metrics", new MetricSpec { Name = definition.Name }.Options), context);
        }
        catch (OptionException)
        {
            return null;
        }
    }

    private static bool NeedsReference(MetricDefinition definition, MetricSpec spec) =>
        definition.NeedsReferenceWith?.Invoke(spec) ?? definition.NeedsReference;

    /// <summary>What the metrics that a spec names ask about each answer. No task has such a metric by default.</summary>
    /// <inheritdoc cref="Create(IMeasuredTask, IReadOnlyList{MetricSpec}, MetricSettings)"/>
    /// <param name="task">The task.</param>
    /// <param name="specs">The metrics asked for.</param>
    /// <param name="settings">What else of the spec the metrics depend on.</param>
    public static IReadOnlyList<GraderSpec> CreateGraders(IMeasuredTask task, IReadOnlyList<MetricSpec> specs, MetricSettings settings)
    {
        ArgumentNullException.ThrowIfNull(specs);
        return specs.Count == 0 ? [] : [.. Create(task, specs, settings).SelectMany(metric => metric.Graders)];
    }

    /// <summary>The metrics of a spec that names none.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">What else of the spec the metrics depend on.</param>
    /// <exception cref="OptionException">The labels do not fit.</exception>
    public static IReadOnlyList<MetricSpec> DefaultsOf(IMeasuredTask task, MetricSettings settings) =>
        DefaultsOf(new MetricContext(task, settings));

    private static List<MetricSpec> DefaultsOf(MetricContext context) =>
        [.. context.Task.DefaultMetrics.Where(metric => context.Labels.Count <= ByName[metric.Name].MaxLabels)];

    private static List<Metric> CreateAll(IReadOnlyList<MetricSpec> specs, MetricContext context)
    {
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

        return metrics;
    }

    /// <summary>
    /// The numbers of the spec's metrics that are shares of samples, by name: what a sample's answer can be said to be right by.
    /// </summary>
    internal static IEnumerable<RightAnswer> RightAnswersOf(MetricContext context) =>
        context
            .Specs.Index()
            .Where(spec => spec.Item.Name != PassAtKMetric.Definition.Name)
            .Select(spec => Create(spec.Item, $"metrics[{spec.Index}]", context).First())
            .SelectMany(metric =>
                metric
                    .Values.Where(value => value is { IsProportion: true, HigherIsBetter: true })
                    .Select(value => RightAnswer.By(metric, value))
            );

    /// <summary>A metric of a spec, and what tells how many samples it was measured on.</summary>
    private static IEnumerable<Metric> Create(MetricSpec spec, string path, MetricContext context)
    {
        var definition = Find(spec, path, context);
        var options = new OptionReader(path, spec.Options);
        var isLenient = definition.ReadsAnswer && options.Choice("parse", "strict", ["strict", "lenient"]) == "lenient";
        var prefix = options.Text("prefix") ?? (isLenient ? "lenient_" : "");
        var metric = definition.Create(options, context);
        options.RefuseUnread($"option of '{spec.Name}'");
        if (isLenient && metric.Values.Count == 0)
        {
            throw options.Wrong("parse", $"has no effect on '{spec.Name}', which yields no numbers");
        }

        metric = isLenient ? new LenientMetric(metric) : metric;
        if (prefix.Length > 0 && metric.Values.Count == 0)
        {
            throw options.Wrong("prefix", $"has no effect on '{spec.Name}', which yields no numbers");
        }

        Metric[] all = metric.Coverage is { } coverage ? [metric, coverage] : [metric];
        return prefix.Length == 0 ? all : all.Select(one => new PrefixedMetric(one, prefix));
    }

    private static MetricDefinition Find(MetricSpec spec, string path, MetricContext context)
    {
        if (!ByName.TryGetValue(spec.Name, out var definition))
        {
            throw new OptionException($"{path}.name", NearestName.Unknown("metric", spec.Name, Names));
        }

        if (!definition.Fits(context.Task))
        {
            var fitting = Names.Where(name => ByName[name].Fits(context.Task));
            throw new OptionException(
                $"{path}.name",
                $"'{spec.Name}' does not fit the task {context.Task.Name}. Fitting: {string.Join(", ", fitting)}."
            );
        }

        return definition.NeedsLabels && context.Labels.Count == 0
            ? throw new OptionException("labels", $"'{spec.Name}' ({path}) needs the closed list of labels.")
            : definition;
    }
}
