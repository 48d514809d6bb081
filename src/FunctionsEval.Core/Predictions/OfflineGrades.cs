using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Predictions;

/// <summary>
/// Gives answers of a file the grades that need no call. Grades of a run are taken as they are. Safe for use by several threads at once.
/// </summary>
/// <param name="graders">The graders of the spec.</param>
internal sealed class OfflineGrades(IReadOnlyList<GraderSpec> graders)
{
    private readonly TextGraderSpec[] _graders = [.. graders.OfType<TextGraderSpec>()];

    /// <summary>The row with its grades.</summary>
    /// <param name="row">The row, with its answer read.</param>
    /// <param name="fields">The fields of the line, which has the dataset's row.</param>
    public EvaluatedSample AddTo(EvaluatedSample row, JsonElement fields)
    {
        if (!row.IsMeasured || row.Echo || Array.TrueForAll(_graders, grader => row.Grades?.ContainsKey(grader.Name) == true))
        {
            return row;
        }

        var answer = new GradedAnswer(
            new Sample
            {
                Id = row.Id,
                Offset = row.Offset,
                References = row.References,
                Fields = fields,
            },
            row.Text ?? row.Prediction ?? "",
            row.ToolCalls
        );
        var grades = new Dictionary<string, Grade>(row.Grades ?? new Dictionary<string, Grade>(), StringComparer.Ordinal);
        foreach (var grader in _graders)
        {
            grades.TryAdd(grader.Name, TextGrading.Grade(grader, answer));
        }

        return row with
        {
            Grades = grades,
        };
    }
}
