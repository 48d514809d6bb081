using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Import;

/// <summary>A grader of an eval as it is, for the metric that computes it as the platform does.</summary>
internal static class GraderCopy
{
    /// <summary>The members of a grader that mean something.</summary>
    public static readonly string[] KnownMembers =
    [
        "id",
        "type",
        "name",
        "input",
        "operation",
        "reference",
        "evaluation_metric",
        "pass_threshold",
        "model",
        "labels",
        "passing_labels",
        "range",
        "sampling_params",
        "graders",
        "calculate_output",
    ];

    /// <summary>The metric of a grader.</summary>
    /// <param name="criterion">The grader.</param>
    /// <param name="prefix">What the metric's numbers begin with.</param>
    /// <param name="embeddings">The configured model that gives embeddings; null for none.</param>
    public static JsonObject MetricOf(SavedObject criterion, string prefix, string? embeddings)
    {
        var grader = new JsonObject();
        foreach (var member in criterion.Names.Where(member => KnownMembers.Contains(member)))
        {
            grader[member] = JsonNode.Parse(criterion.Find(member)!.Value.GetRawText());
        }

        var metric = new JsonObject
        {
            ["name"] = "grader",
            ["prefix"] = prefix,
            ["grader"] = grader,
        };
        if (embeddings is not null)
        {
            metric["embeddings"] = embeddings;
        }

        return metric;
    }
}
