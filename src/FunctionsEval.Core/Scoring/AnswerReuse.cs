using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// Whether the logged answers of one run can stand for a model in another run by another spec. Answers are measured anew, so metrics that
/// need the texts alone may differ.
/// </summary>
public static class AnswerReuse
{
    /// <summary>The fields by which a row becomes a sample and an answer its prediction.</summary>
    private static readonly string[] Reading =
    [
        "task",
        "labels",
        "labelProbabilities",
        "parsing",
        "turns",
        "repeats",
        "columns.id",
        "columns.input",
        "columns.reference",
    ];

    /// <summary>The fields that decide what a model is asked.</summary>
    private static readonly string[] Asking = ["prompt", "sampling", "tools", "toolChoice", "responseFormat"];

    /// <summary>
    /// Why the answers of a run cannot be used, beginning with the field that is different; null where they can.
    /// </summary>
    /// <param name="wanted">The spec of the run that would use them.</param>
    /// <param name="source">The spec of the run that has them.</param>
    public static string? FindProblem(EvaluationSpec wanted, EvaluationSpec source)
    {
        using var here = JsonDocument.Parse(SpecReader.Canonical(wanted));
        using var there = JsonDocument.Parse(SpecReader.Canonical(source));
        var field = Reading.FirstOrDefault(path => TextOf(here, path) != TextOf(there, path));
        return field is not null
            ? $"{field}: it differs from that run's, so its answers were read in another way"
            : FindUnmeasured(wanted, source) ?? FindUngraded(wanted, source, here, there);
    }

    /// <summary>Whether a row that both specs read has the same content (<see cref="Prompts.SampleContent"/>) by both.</summary>
    /// <param name="wanted">The spec of the run that uses the answers.</param>
    /// <param name="source">The spec of the run that has them.</param>
    public static bool HaveSameContents(EvaluationSpec wanted, EvaluationSpec source)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(source);
        return (wanted.Prompt.System, wanted.Prompt.User, wanted.Tools) == (source.Prompt.System, source.Prompt.User, source.Tools)
            && wanted.Columns.Tags.SequenceEqual(source.Columns.Tags, StringComparer.Ordinal);
    }

    /// <summary>
    /// The fields that decide what a model is asked and are different: <c>prompt.user</c>. The answers can be used all the same, because
    /// two systems may be asked in different ways.
    /// </summary>
    /// <param name="wanted">The spec of the run that uses the answers.</param>
    /// <param name="source">The spec of the run that has them.</param>
    public static IReadOnlyList<string> DifferencesOf(EvaluationSpec wanted, EvaluationSpec source)
    {
        using var here = JsonDocument.Parse(SpecReader.Canonical(wanted));
        using var there = JsonDocument.Parse(SpecReader.Canonical(source));
        return [.. Asking.SelectMany(field => MembersOf(here, there, field)).Where(path => TextOf(here, path) != TextOf(there, path))];
    }

    /// <summary>A metric that needs more of each answer than the source's metrics made it ask for.</summary>
    private static string? FindUnmeasured(EvaluationSpec wanted, EvaluationSpec source)
    {
        var known = new RowMeasurer(source).Metrics.Aggregate(AnswerDetail.None, (all, metric) => all | metric.Needs);
        return new RowMeasurer(wanted).Metrics.FirstOrDefault(metric => (metric.Needs & ~known) != AnswerDetail.None) is { } metric
            ? $"metrics: '{metric.Name}' needs {(metric.Needs & ~known)} of each answer, which that run did not keep, "
                + "because none of its metrics needs it"
            : null;
    }

    /// <summary>A metric whose graders did not grade the source's answers. They are paid, so they are not asked again.</summary>
    private static string? FindUngraded(EvaluationSpec wanted, EvaluationSpec source, JsonDocument here, JsonDocument there)
    {
        var known = TextsOf(there).ToHashSet(StringComparer.Ordinal);
        var metric = wanted
            .Metrics.Zip(TextsOf(here))
            .FirstOrDefault(metric => !known.Contains(metric.Second) && IsGraded(wanted, metric.First))
            .First;
        return metric is null
            ? null
            : $"metrics: '{metric.Name}' grades answers, and that run's answers have no grade by a metric of the same options; "
                + "graders are not asked about stored answers";
    }

    /// <summary>Whether a metric has the baseline's answers graded.</summary>
    private static bool IsGraded(EvaluationSpec spec, MetricSpec metric) =>
        new RowMeasurer(spec with { Metrics = [metric] }).GradersOf(Roles.Baseline).Count > 0;

    private static IEnumerable<string> TextsOf(JsonDocument spec) =>
        spec.RootElement.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetRawText());

    /// <summary>The members of a section in either spec, or the field itself where it is no section.</summary>
    private static IEnumerable<string> MembersOf(JsonDocument here, JsonDocument there, string field)
    {
        var sections = new[] { Find(here, field), Find(there, field) };
        return sections.All(section => section is { ValueKind: JsonValueKind.Object })
            ? sections
                .SelectMany(section => section!.Value.EnumerateObject())
                .Select(member => $"{field}.{member.Name}")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
            : [field];
    }

    private static string? TextOf(JsonDocument spec, string path) =>
        Find(spec, path) is { ValueKind: not JsonValueKind.Null } value ? value.GetRawText() : null;

    private static JsonElement? Find(JsonDocument spec, string path)
    {
        var value = spec.RootElement;
        foreach (var name in path.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return null;
            }
        }

        return value;
    }
}
