using Fluid.Values;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// Makes the prompt of a judge from a sample and the answer that is judged; variables as in <see cref="PromptRenderer"/>, and
/// <c>answer</c>, <c>reference</c> where the sample has one, <c>references</c>. Safe for concurrent use.
/// </summary>
public sealed class RubricRenderer
{
    private readonly PromptTemplate _template;

    /// <summary>Parses the rubric.</summary>
    /// <exception cref="ArgumentException">The rubric does not parse (the metric catalogue refuses such a spec).</exception>
    public RubricRenderer(string rubric)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        _template = PromptTemplate.Parse(rubric, "rubric");
    }

    /// <summary>Makes the prompt.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="answer">The model's text.</param>
    /// <exception cref="PromptException">A variable is undefined, or a bound is exceeded.</exception>
    public string Render(Sample sample, string answer)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var context = PromptRenderer.CreateContext(sample);
        context.SetValue("answer", new StringValue(answer));
        if (sample.References.Count > 0)
        {
            context.SetValue("reference", new StringValue(sample.References[0]));
        }

        context.SetValue("references", new ArrayValue([.. sample.References.Select(reference => new StringValue(reference))]));
        return _template.Render(context);
    }
}
