using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tasks.Extraction;

/// <summary>The answer is a JSON value, which is compared with a reference field by field. Both are kept in their canonical form.</summary>
public sealed class ExtractionTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly ExtractionTask Instance = new();

    private static readonly JsonShape Shape = new();

    private ExtractionTask() { }

    /// <inheritdoc/>
    public override string Name => "extraction";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.Fields | MetricSubjects.Answer | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [
        new MetricSpec { Name = "field_f1" },
        new MetricSpec { Name = "exact_match" },
        new MetricSpec { Name = "json_valid" },
        new MetricSpec
        {
            Name = "field_f1",
            Options = new Dictionary<string, JsonElement> { ["parse"] = JsonSerializer.SerializeToElement("lenient") },
        },
    ];

    /// <inheritdoc/>
    public override bool IsJson => true;

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;

    /// <inheritdoc/>
    public override ParsingMethod ParsingMethodOf(ParsingSpec parsing)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        return parsing.Method ?? ParsingMethod.Json;
    }

    private protected override OptionProblem? CheckAnswerForm(ParsingSpec parsing) =>
        base.CheckAnswerForm(parsing)
        ?? (
            ParsingMethodOf(parsing) == ParsingMethod.Json
                ? null
                : new OptionProblem("method", "must be json for the task extraction, or left out.")
        );
}
