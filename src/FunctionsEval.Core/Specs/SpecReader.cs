using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// Reads evaluation specs, strictly; docs/spec.md and docs/evaluation.schema.json state the form. Metric names and options are checked by
/// the metric catalogue, model names by the app.
/// </summary>
public static class SpecReader
{
    /// <summary>Reads a spec.</summary>
    /// <param name="json">The JSON text; comments and trailing commas are allowed.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(string json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json), fileName);
    }

    /// <summary>Reads a spec.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8; comments and trailing commas are allowed, and a byte order mark is skipped.</param>
    /// <param name="fileName">Name of the spec, for messages; one that ends in .yaml or .yml says that the text is YAML.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName) => Read(utf8Json, fileName, SpecLimits.MaxBytes);

    /// <summary>Reads a spec from a file, and no more of it than a spec may have.</summary>
    /// <param name="utf8Json">As bytes; see <see cref="Read(ReadOnlySpan{byte}, string)"/>.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(Stream utf8Json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        var bytes = new byte[SpecLimits.MaxBytes + 1];
        return Read(bytes.AsSpan(0, utf8Json.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), fileName);
    }

    /// <summary>Reads a spec in the form that <see cref="Canonical"/> gives, which may be larger than what was uploaded.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec ReadCanonical(ReadOnlySpan<byte> utf8Json, string fileName) =>
        Read(utf8Json, fileName, SpecLimits.MaxCanonicalBytes);

    private static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        using var document = SpecText.Parse(utf8Json, fileName, maxBytes);
        try
        {
            var root = new OptionReader("$", document.RootElement);
            var spec = (EvaluationSpec)OptionSection.For(typeof(EvaluationSpec)).Read(root, "$schema");
            return FindProblem(spec) is { } problem ? throw root.Error(problem) : spec;
        }
        catch (OptionException misfit)
        {
            throw new SpecException(fileName, misfit.Path, misfit.Problem);
        }
    }

    /// <summary>
    /// The spec as JSON in one stable form: every field with its default, keys sorted, numbers in their shortest form. Two specs that mean
    /// the same give the same text, which <see cref="Read(string, string)"/> accepts.
    /// </summary>
    /// <param name="spec">The spec.</param>
    public static string Canonical(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec);
    }

    /// <summary>
    /// The canonical form without <c>notify</c>, <c>onFineTune</c>, <c>onRetirement</c> and <c>suite</c>: the part of a spec that
    /// determines a run's results.
    /// </summary>
    /// <param name="spec">The spec.</param>
    public static string Identity(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec with { Notify = null, OnFineTune = null, OnRetirement = null, Suite = null });
    }

    private static OptionProblem? FindProblem(EvaluationSpec spec) =>
        (BaselineReference.FindProblem(spec.Baseline) is { } baseline ? new OptionProblem("baseline", baseline) : null)
        ?? FindFewShotProblem(spec)
        ?? FindRequestProblem(spec)
        ?? FindToolsProblem(spec)
        ?? FindTurnsProblem(spec)
        ?? (
            spec.Gate?.FindProblem(new GateContext(spec.Baseline is not null, SlicesOf(spec))) is { } problem
                ? problem with
                {
                    Path = $"gate.{problem.Path}",
                }
                : null
        )
        ?? (
            spec.OnRetirement?.FindProblem(spec.Model, spec.Gate) is { } unaccepted
                ? unaccepted with
                {
                    Path = $"onRetirement.{unaccepted.Path}",
                }
                : null
        )
        ?? FindReferenceProblem(spec)
        ?? spec.Task.Check(spec.TaskOptions);

    private static OptionProblem? FindReferenceProblem(EvaluationSpec spec) =>
        spec is { Columns.Reference.Fields: not null, Task.IsJson: false }
            ? new OptionProblem("columns.reference", $"has several fields only for {TaskCatalog.Describe(task => task.IsJson)}: name one.")
            : null;

    private static OptionProblem? FindRequestProblem(EvaluationSpec spec)
    {
        var field =
            spec.Task.Answer == AnswerKind.Written ? null
            : spec.ToolChoice is not null ? "toolChoice"
            : spec.ResponseFormat is not null ? "responseFormat"
            : null;
        return field is null
            ? null
            : new OptionProblem(field, $"belongs to {TaskCatalog.Describe(task => task.Answer == AnswerKind.Written)}.");
    }

    private static OptionProblem? FindToolsProblem(EvaluationSpec spec) =>
        spec is { Tools: ToolUse.Send, Task.ScoresGivenTexts: true }
            ? new OptionProblem("tools", "send belongs to tasks whose answers the model writes; use ignore.")
            : null;

    private static OptionProblem? FindTurnsProblem(EvaluationSpec spec)
    {
        if (spec.Turns != TurnSelection.All)
        {
            return null;
        }

        if (spec.Task.Answer != AnswerKind.Written)
        {
            return new OptionProblem("turns", $"all belongs to {TaskCatalog.Describe(task => task.Answer == AnswerKind.Written)}.");
        }

        return spec.Columns.Reference is not null || spec.Columns.Input is not null
                ? new OptionProblem(
                    "turns",
                    "all takes inputs and references from the turns of messages: say last, or leave $.columns.input and $.columns.reference out."
                )
            : spec.Slices.Contains(SliceNames.Turn)
                ? new OptionProblem(
                    "slices",
                    $"must not name '{SliceNames.Turn}' beside \"turns\": \"all\": the app makes that slice itself."
                )
            : null;
    }

    /// <summary>The tags by whose values a gate may look at slices.</summary>
    private static IReadOnlyList<string> SlicesOf(EvaluationSpec spec) =>
        spec.Turns == TurnSelection.All ? [.. spec.Slices, SliceNames.Turn] : spec.Slices;

    private static OptionProblem? FindFewShotProblem(EvaluationSpec spec)
    {
        var problem =
            spec.Prompt.FewShot is null ? null
            : spec.TrainingFile is null ? "takes its examples from the training file: name one in $.trainingFile."
            : !spec.Task.TakesExamples ? $"belongs to {TaskCatalog.Describe(task => task.TakesExamples)}."
            : null;
        return problem is null ? null : new OptionProblem("prompt.fewShot", problem);
    }
}
