using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tasks;

/// <summary>
/// Has each of a sample's choices scored as the continuation of the prompt, after one space, as lm-evaluation-harness does.
/// </summary>
internal static class ScoredContinuations
{
    /// <summary>One question a choice.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="prompts">Makes the prompt.</param>
    /// <exception cref="PromptException">The sample does not fit the prompt.</exception>
    public static IReadOnlyList<ModelQuestion> Ask(Sample sample, PromptRenderer prompts)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(prompts);
        var context = string.Join("\n\n", prompts.Render(sample).Select(turn => turn.Content)).TrimEnd();
        return
        [
            .. sample.Choices.Select(choice => new ModelQuestion
            {
                ScoredText = context.Length == 0 ? choice : $"{context} {choice}",
                ScoredFrom = context.Length,
            }),
        ];
    }
}
