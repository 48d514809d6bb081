using System.Reflection;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class MetricCatalogTests
{
    [Theory]
    [InlineData("classification", "accuracy balanced_accuracy f1 cohen_kappa mcc confusion_matrix unparsable_rate accuracy")]
    [InlineData("extraction", "field_f1 exact_match json_valid field_f1")]
    [InlineData("generation", "exact_match bleu rouge")]
    [InlineData("language_modelling", "perplexity")]
    public void Create_without_specs_gives_the_tasks_defaults(string task, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                MetricCatalog
                    .Create(TaskCatalog.Get(task), [], new MetricSettings { Labels = Samples.Labels })
                    .Select(metric => metric.Name)
            )
        );

    [Theory]
    [InlineData("blue", "metrics[0].name", "Did you mean bleu?")]
    [InlineData("rouge1", "metrics[0].name", "Did you mean rouge?")]
    [InlineData("f1", "metrics[0].name", "does not fit the task generation")]
    [InlineData("perplexity", "metrics[0].name", "self_perplexity")]
    public void Create_with_a_wrong_name_says_where_and_what_would_be_right(string name, string path, string hint)
    {
        var exception = Assert.Throws<OptionException>(() =>
            MetricCatalog.Create(GenerationTask.Instance, [new MetricSpec { Name = name }], new MetricSettings())
        );
        Assert.Equal(path, exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bleu", "tokenise", "13a", "Did you mean tokenize?")]
    [InlineData("bleu", "tokenize", "13", "Did you mean 13a?")]
    [InlineData("bleu", "lowercase", "yes", "expected true or false, found a string")]
    [InlineData("bleu", "max_ngram_order", 0, "from 1 to 9")]
    [InlineData("chrf", "beta", 1.5, "expected an integer")]
    [InlineData("rouge", "rouge_types", "rouge1", "expected a list")]
    [InlineData("exact_match", "regexes_to_ignore", new[] { "(" }, "not usable")]
    [InlineData("wer", "lowercase", true, "Valid: parse, prefix.")]
    public void Create_with_a_wrong_option_says_where_and_what_would_be_right(string name, string option, object value, string hint)
    {
        var specs = new[]
        {
            new MetricSpec { Name = "cer" },
            Samples.Spec(name, (option, value)),
        };
        var exception = Assert.Throws<OptionException>(() => MetricCatalog.Create(GenerationTask.Instance, specs, new MetricSettings()));
        Assert.Equal($"metrics[1].{option}", exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_of_a_classification_metric_without_labels_asks_for_them() =>
        Assert.Equal(
            "labels",
            Assert.Throws<OptionException>(() => MetricCatalog.Create(ClassificationTask.Instance, [], new MetricSettings())).Path
        );

    [Fact]
    public void Create_with_an_unknown_positive_label_names_the_nearest() =>
        Assert.Contains(
            "Did you mean yes?",
            Assert
                .Throws<OptionException>(() =>
                    MetricCatalog.Create(
                        ClassificationTask.Instance,
                        [],
                        new MetricSettings { Labels = Samples.Labels, PositiveLabel = "Yes" }
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Create_of_one_metric_twice_asks_for_a_prefix_and_takes_it()
    {
        var plain = Samples.Spec("bleu");
        Assert.Equal(
            "metrics[1]",
            Assert
                .Throws<OptionException>(() =>
                    MetricCatalog.Create(GenerationTask.Instance, [plain, Samples.Spec("bleu", ("tokenize", "intl"))], new MetricSettings())
                )
                .Path
        );
        var metrics = MetricCatalog.Create(
            GenerationTask.Instance,
            [plain, Samples.Spec("bleu", ("tokenize", "intl"), ("prefix", "intl_"))],
            new MetricSettings()
        );
        Assert.Equal(["bleu", "intl_bleu"], metrics.Select(metric => metric.Values[0].Name));
    }

    [Fact]
    public void Signature_states_the_options_in_the_reference_tools_notation()
    {
        var metric = Samples.Create(GenerationTask.Instance, "bleu", ("smooth_method", "floor"), ("lowercase", true));
        Assert.Equal("case:lc|eff:no|tok:13a|smooth:floor[0.10]|version:2.6.0", metric.Signature);
    }

    /// <summary>A metric that is written and not listed would be refused as unknown.</summary>
    [Fact]
    public void Every_metric_that_is_defined_is_listed() =>
        Assert.Equal(
            typeof(MetricDefinition)
                .Assembly.GetTypes()
                .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
                .Where(property => property.PropertyType == typeof(MetricDefinition))
                .Select(property => ((MetricDefinition)property.GetValue(null)!).Name)
                .Order(StringComparer.Ordinal),
            MetricCatalog.Names
        );
}
