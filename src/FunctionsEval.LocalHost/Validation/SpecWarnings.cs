using System.Globalization;
using FunctionsEval.Core.Checks;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>What stops no run and should be looked at, a sentence each.</summary>
internal static class SpecWarnings
{
    /// <summary>Labels that a warning names.</summary>
    private const int MaxNamed = 10;

    /// <summary>What a spec needs of the settings and does not find here.</summary>
    public static IEnumerable<string> Of(EvaluationSpec spec, ModelPrices prices)
    {
        if (prices.IsEmpty)
        {
            yield break;
        }

        foreach (var model in ModelsOf(spec).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (!prices.Has(model))
            {
                yield return $"The model '{model}' is not configured here. Configured: {string.Join(", ", prices.Names)}. "
                    + "A run needs it in the app's settings.";
            }
            else if (spec.Limits.MaxCost is not null && prices.Find(model) is null)
            {
                yield return $"The model '{model}' has no prices here, which limits.maxCost needs: the app would refuse the spec.";
            }
        }
    }

    /// <summary>What the rows show.</summary>
    public static IEnumerable<string> Of(EvaluationSpec spec, DatasetReport report, TrainingFinding? training)
    {
        if (report.Samples == 0)
        {
            // The failure says so; nothing can be said of rows that are not there.
            yield break;
        }

        if (report.Labels.Where(label => label.Count == 0).Select(label => label.Name).ToList() is { Count: > 0 } unused)
        {
            yield return $"No sample has the {(unused.Count == 1 ? "label" : "labels")} {List(unused)}.";
        }

        if (report.EmptySlices.Count > 0)
        {
            yield return $"No sample has the {(report.EmptySlices.Count == 1 ? "tag" : "tags")} {List(report.EmptySlices)}, which slices names.";
        }

        foreach (var warning in OfDuplicates(report.Duplicates).Concat(OfTraining(report, training)))
        {
            yield return warning;
        }

        if (report.Images is { Addresses: > 0 } images)
        {
            yield return Invariant(
                $"{images.Addresses} images are at addresses, which the endpoint must load; not every endpoint does (Models__…__AllowImageAddresses)."
            );
        }

        if (spec.Prompt.FewShot is { } fewShot && training is { Examples: > 0 } && training.Examples < fewShot.Count)
        {
            yield return $"prompt.fewShot asks for {fewShot.Count} examples, and {training.File} has {training.Examples}.";
        }
    }

    private static IEnumerable<string> OfDuplicates(DuplicateReport duplicates)
    {
        if (duplicates.Ids > 0)
        {
            yield return Invariant(
                $"{Count(duplicates.Ids, "sample has", "samples have")} the id of an earlier one, the first at line {duplicates.FirstId}. Give each its own: they are paired by it."
            );
        }

        if (duplicates.Contents > 0)
        {
            yield return Invariant(
                $"{Count(duplicates.Contents, "sample asks and expects", "samples ask and expect")} the same as an earlier one, the first at line {duplicates.FirstContent}. Each counts."
            );
        }

        if (duplicates.Conflicts > 0)
        {
            yield return Invariant(
                $"{Count(duplicates.Conflicts, "sample asks", "samples ask")} the same as an earlier one and {(duplicates.Conflicts == 1 ? "expects" : "expect")} something else, the first at line {duplicates.FirstConflict}. No model can be right on both."
            );
        }
    }

    private static IEnumerable<string> OfTraining(DatasetReport report, TrainingFinding? training)
    {
        if (training?.Unchecked is { } why)
        {
            yield return $"Samples are not checked for leakage: {why}";
        }

        if (training?.Incomplete is { } incomplete)
        {
            yield return incomplete;
        }

        if (report.Leaks is { } leaks && leaks.Exact + leaks.Ngrams > 0)
        {
            yield return Invariant(
                $"{leaks.Exact + leaks.Ngrams} of {report.Samples} samples are among the training rows ({leaks.Exact} with the same words), the first at line {leaks.FirstLine}. Numbers without them are in the slice leaked=no."
            );
        }
    }

    private static IEnumerable<string> ModelsOf(EvaluationSpec spec)
    {
        var baseline = BaselineReference.From(spec.Baseline) is BaselineReference.CalledModel called
            ? [called.Name]
            : Array.Empty<string>();
        return
        [
            .. spec.CandidateModels,
            .. baseline,
            .. MetricCatalog
                .Create(spec.Task, spec.Metrics, spec.MetricSettings)
                .SelectMany(metric => metric.Graders)
                .OfType<ModelGraderSpec>()
                .Select(grader => grader.Model),
        ];
    }

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxNamed).Select(name => $"'{name}'"))
        + (names.Count > MaxNamed ? Invariant($" and {names.Count - MaxNamed} more") : "");

    private static string Count(long count, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : several)}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
