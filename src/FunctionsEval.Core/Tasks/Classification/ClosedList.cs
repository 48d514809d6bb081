using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tasks.Classification;

/// <summary>Checks a spec's list of labels.</summary>
internal static class ClosedList
{
    /// <summary>Finds what is wrong with the labels.</summary>
    /// <param name="options">The task's part of the spec.</param>
    /// <param name="what">What to list where there are none, for example <c>the labels of the classification</c>.</param>
    /// <returns>The first problem; null for none.</returns>
    public static OptionProblem? Check(TaskOptions options, string what)
    {
        var labels = options.Labels;
        if (labels.Count == 0)
        {
            return new OptionProblem("labels", $"is missing: list {what}.");
        }

        var seen = new HashSet<string>(options.Parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (i, label) in labels.Index())
        {
            if (label.Length != label.AsSpan().Trim().Length)
            {
                return new OptionProblem($"labels[{i}]", "has white space around it, which answers are trimmed of.");
            }

            if (!seen.Add(label))
            {
                return new OptionProblem($"labels[{i}]", "differs from another label in letter case only, and parsing.ignoreCase is on.");
            }
        }

        return null;
    }
}
