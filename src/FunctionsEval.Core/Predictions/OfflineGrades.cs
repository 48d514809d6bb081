using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Predictions;

/// <summary>
/// Gives answers of a file the grades that need no call. Grades of a run are taken as they are. Safe for use by several threads at once.
/// </summary>
/// <param name="spec">The spec.</param>
internal sealed class OfflineGrades(EvaluationSpec spec)
{
    private readonly Lazy<IReadOnlyList<TextGraderSpec>> _graders = new(() =>
        [
            .. MetricCatalog
                .Create(spec.Task, spec.Metrics, spec.MetricSettings)
                .SelectMany(metric => metric.Graders)
                .OfType<TextGraderSpec>(),
        ]
    );

    /// <summary>The row with its grades.</summary>
    /// <param name="row">The row, with its answer read.</param>
    /// <param name="fields">The fields of the line, which has the dataset's row.</param>
    /// <exception cref="OptionException">A metric or one of its options does not exist.</exception>
    public EvaluatedSample AddTo(EvaluatedSample row, JsonElement fields)
    {
        if (!row.IsMeasured || row.Echo || _graders.Value.All(grader => row.Grades?.ContainsKey(grader.Name) == true))
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
        foreach (var grader in _graders.Value)
        {
            grades.TryAdd(grader.Name, TextGrading.Grade(grader, answer));
        }

        return row with
        {
            Grades = grades,
        };
    }
}
