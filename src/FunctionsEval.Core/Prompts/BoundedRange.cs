using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>A range such as <c>(1..n)</c>, which becomes a list before the first step of a loop over it.</summary>
internal sealed class BoundedRange(RangeExpression range) : Expression
{
    public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var from = (await range.From.EvaluateAsync(context)).ToNumberValue();
        var to = (await range.To.EvaluateAsync(context)).ToNumberValue();
        return to / 2 - from / 2 > PromptTemplate.MaxSteps / 2
            ? throw new PromptException($"The template has a range of more than {PromptTemplate.MaxSteps} numbers on this row.")
            : await range.EvaluateAsync(context);
    }
}
