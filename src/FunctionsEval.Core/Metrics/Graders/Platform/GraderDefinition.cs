using System.Text.Json;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>What a grader's number depends on, as a text of which a hash is in the metric's signature.</summary>
internal static class GraderDefinition
{
    /// <summary>The definition of a part.</summary>
    public static string Of(GraderPart part) =>
        JsonSerializer.Serialize(
            (IReadOnlyList<string>)[part.Key, .. Of(part.Spec), Written(part.Range.Lowest), Written(part.Range.Highest)]
        );

    private static IEnumerable<string> Of(GraderSpec spec) =>
        spec switch
        {
            StringCheckSpec check => [check.Operation.ToString(), check.Texts.Input.Source, check.Texts.Reference.Source],
            TextSimilaritySpec text => [text.Measure, text.Tool, text.Texts.Input.Source, text.Texts.Reference.Source],
            SimilaritySpec { Texts: { } texts } cosine => ["cosine", cosine.Model, texts.Input.Source, texts.Reference.Source],
            TurnsSpec turns =>
            [
                turns.Model,
                .. turns.Turns.SelectMany(turn => new[] { turn.Role, turn.Content.Source }),
                string.Join('\n', turns.Labels),
                string.Join('\n', turns.Pass),
                Written(turns.Temperature),
                Written(turns.TopP),
                Written(turns.Seed),
            ],
            HttpGraderSpec http => [http.Endpoint],
            _ => [spec.GetType().Name],
        };

    private static string Written(double? number) => FormattableString.Invariant($"{number}");
}
