using System.Globalization;

namespace FunctionsEval.Core.Drafts;

/// <summary>Chooses the task of rows with references from what the references are.</summary>
/// <param name="wanted">The task that is given; null for none.</param>
/// <param name="references">The references.</param>
internal sealed class ReferencedDraft(string? wanted, ReferenceProfile references)
{
    /// <summary>Numbers of which more are different are no classes.</summary>
    private const int MaxNumberedClasses = 10;

    /// <summary>The task, why, and what of the spec follows; null where the task that is given does not fit.</summary>
    public (string Task, string Why, Action<DraftFields> Fill)? Choose() =>
        new Func<(string Task, string Why, Action<DraftFields> Fill)?>[] { Extraction, MultiLabel, Regression, Classification, Generation }
            .Select(choice => choice())
            .FirstOrDefault(choice => choice is { } made && (wanted is null || wanted == made.Task));

    private (string, string, Action<DraftFields>)? Extraction() =>
        references.AreObjects || wanted == "extraction"
            ? ("extraction", "task extraction: every reference is a JSON object.", draft => draft.Headline = "field_f1_micro")
            : null;

    private (string, string, Action<DraftFields>)? MultiLabel() =>
        references.LabelsInLists() is { } labels
            ? (
                "multi_label",
                Invariant($"task multi_label: every reference is a JSON list of some of {labels.Count} texts."),
                draft =>
                {
                    draft.Labels = labels;
                    draft.Headline = "f1_micro";
                }
            )
            : null;

    private (string, string, Action<DraftFields>)? Regression() =>
        references.AreNumbers && (wanted == "regression" || !references.AreLabels || references.Distinct > MaxNumberedClasses)
            ? (
                "regression",
                Invariant($"task regression: every reference is a number, and {references.Distinct} of {references.Count} are different."),
                draft => draft.Headline = "mae"
            )
            : null;

    private (string, string, Action<DraftFields>)? Classification() =>
        references.AreLabels || wanted == "classification"
            ? (
                "classification",
                Invariant(
                    $"task classification: the {references.Count} references looked at are {references.Distinct} different short texts."
                ),
                draft =>
                {
                    draft.Labels = references.Labels;
                    draft.Headline = "accuracy";
                    draft.AsksForLabel = true;
                }
            )
            : null;

    private (string, string, Action<DraftFields>)? Generation()
    {
        var why = Invariant(
            $"task generation: the references are texts, {references.Distinct} of {references.Count} different, of up to {references.Longest} characters."
        );
        return references.AreShort
            ? (
                "generation",
                why + " They are short, so answers are right or wrong as a whole (exact_match).",
                draft =>
                {
                    draft.Metrics =
                    [
                        new Dictionary<string, object>
                        {
                            ["name"] = "exact_match",
                            ["ignore_case"] = true,
                            ["ignore_punctuation"] = true,
                        },
                        "chrf",
                    ];
                    draft.Headline = "exact_match";
                }
            )
            : (
                "generation",
                why,
                draft =>
                {
                    draft.Metrics = ["rouge", "chrf"];
                    draft.Headline = "rouge1";
                }
            );
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
