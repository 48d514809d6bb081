using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.FineTuning;

namespace FunctionsEval.Functions.Runs;

/// <summary>Makes the grader of a fine-tuning job a metric of its runs, so that the reward stands beside the other numbers.</summary>
internal static class JobGrader
{
    /// <summary>What the metric's numbers begin with.</summary>
    public const string Prefix = "reward_";

    /// <summary>Bytes of a grader that is taken; an enormous one would only fill the spec.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>The spec with the job's grader among its metrics.</summary>
    /// <param name="spec">The spec of the run.</param>
    /// <param name="job">The job.</param>
    /// <param name="wish">What the suite says of graders.</param>
    /// <param name="check">Whether a spec can be run in this app; the problem, or null.</param>
    /// <returns>The spec, and why the grader is not in it; null where it is, or there is none.</returns>
    public static (EvaluationSpec Spec, RunFailure? LeftOut) AddTo(
        EvaluationSpec spec,
        FineTuningJob job,
        FineTuneSpec wish,
        Func<EvaluationSpec, RunFailure?> check
    )
    {
        if (wish.Grader == JobGraderUse.Ignore || job.Grader is not { } grader)
        {
            return (spec, null);
        }

        if (grader.GetRawText().Length > MaxBytes)
        {
            return (spec, new RunFailure("invalid_spec", $"The grader of job {job.Id} has more than {MaxBytes} characters."));
        }

        try
        {
            var graded = spec with { Metrics = [.. MetricsOf(spec), MetricOf(grader, wish.GraderModel)] };
            // By its canonical form, as the run will read it: what the reader refuses must not end the run later.
            return check(graded) is { } problem
                ? (spec, problem)
                : (SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(SpecReader.Canonical(graded)), "evaluation.json"), null);
        }
        catch (Exception unusable) when (unusable is SpecException or OptionException)
        {
            return (spec, new RunFailure("invalid_spec", unusable.Message));
        }
    }

    private static IReadOnlyList<MetricSpec> MetricsOf(EvaluationSpec spec) =>
        spec.Metrics.Count > 0 ? spec.Metrics : MetricCatalog.DefaultsOf(spec.Task, spec.MetricSettings);

    private static MetricSpec MetricOf(JsonElement grader, string? model)
    {
        var options = new Dictionary<string, JsonElement> { ["prefix"] = JsonSerializer.SerializeToElement(Prefix), ["grader"] = grader };
        if (model is not null)
        {
            options["model"] = JsonSerializer.SerializeToElement(model);
        }

        return new MetricSpec { Name = "grader", Options = options };
    }
}
