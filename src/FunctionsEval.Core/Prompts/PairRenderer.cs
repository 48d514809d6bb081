using System.Text;
using Fluid.Values;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// Makes the prompt of a judge of two answers; variables as in <see cref="PromptRenderer"/>, and <c>conversation</c>, <c>answer_a</c>,
/// <c>answer_b</c>. Safe for concurrent use.
/// </summary>
public sealed class PairRenderer
{
    private readonly PromptTemplate _template;

    /// <summary>Parses the rubric.</summary>
    /// <param name="rubric">The Liquid template.</param>
    /// <exception cref="ArgumentException">The rubric does not parse (the metric catalogue refuses such a spec).</exception>
    public PairRenderer(string rubric)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        _template = PromptTemplate.Parse(rubric, "rubric");
    }

    /// <summary>Makes the prompt.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="first">The answer that is shown as A.</param>
    /// <param name="second">The answer that is shown as B.</param>
    /// <exception cref="PromptException">A variable is undefined, or a bound is exceeded.</exception>
    public string Render(Sample sample, string first, string second)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var context = PromptRenderer.CreateContext(sample);
        context.SetValue("conversation", new StringValue(ConversationOf(sample)));
        context.SetValue("answer_a", new StringValue(first));
        context.SetValue("answer_b", new StringValue(second));
        return _template.Render(context);
    }

    /// <summary>The turns as a text, each behind its role; the input where the row is in another shape.</summary>
    private static string ConversationOf(Sample sample)
    {
        if (sample.Messages.Count == 0)
        {
            return sample.Input;
        }

        var text = new StringBuilder();
        foreach (var turn in sample.Messages)
        {
            text.Append(text.Length > 0 ? "\n\n" : "").Append(turn.Role).Append(": ").Append(turn.Content);
            foreach (var call in turn.ToolCalls)
            {
                text.Append("\n[calls ").Append(call.Name).Append(' ').Append(call.Arguments).Append(']');
            }
        }

        return text.ToString();
    }
}
