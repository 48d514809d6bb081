using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// A tag that reads all of a list or object in one step: a loop, which copies it however few of it are wanted, or a <c>case</c>, which
/// compares it.
/// </summary>
/// <param name="tag">The tag.</param>
/// <param name="source">What it reads.</param>
/// <param name="cost">The cost of reading a value.</param>
internal sealed class BoundedReading(Statement tag, Expression source, Func<FluidValue, long> cost) : Statement
{
    public override async ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
    {
        ((PromptContext)context).CountRead(cost(await source.EvaluateAsync(context)));
        return await tag.WriteToAsync(writer, encoder, context);
    }
}
