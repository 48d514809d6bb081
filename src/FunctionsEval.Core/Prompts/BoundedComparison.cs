using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>The operators <c>==</c> and <c>!=</c>, which read lists and objects through.</summary>
internal sealed class BoundedComparison(BinaryExpression comparison) : BinaryExpression(comparison.Left, comparison.Right)
{
    public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var (left, right) = (await Left.EvaluateAsync(context), await Right.EvaluateAsync(context));
        if (ValueSize.HasParts(left) && ValueSize.HasParts(right))
        {
            ((PromptContext)context).CountRead(
                ValueSize.CharactersOf(left, ValueSize.Object) + ValueSize.CharactersOf(right, ValueSize.Object)
            );
        }

        return await comparison.EvaluateAsync(context);
    }
}
