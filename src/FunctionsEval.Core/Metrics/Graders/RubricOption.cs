using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>The option <c>rubric</c>: the Liquid template of a judge's prompt.</summary>
internal static class RubricOption
{
    /// <summary>Reads the rubric.</summary>
    /// <param name="options">The metric's options.</param>
    /// <param name="usual">Makes the rubric of a spec that has none.</param>
    /// <exception cref="OptionException">It is no template.</exception>
    public static string Read(OptionReader options, Func<string> usual)
    {
        var rubric = options.Text("rubric", SpecLimits.MaxBytes) ?? usual();
        return PromptTemplate.TryParse(rubric, out _, out var error)
            ? rubric
            : throw options.Wrong("rubric", $"is not a Liquid template: {error}");
    }
}
