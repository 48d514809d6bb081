using Fluid;
using Fluid.Ast;
using Fluid.Ast.BinaryExpressions;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// The operator <c>contains</c>, whose search takes as long as the product of both lengths on texts that repeat themselves.
/// </summary>
internal sealed class BoundedContains(Expression left, Expression right) : BinaryExpression(left, right)
{
    private readonly ContainsBinaryExpression _contains = new(left, right);

    public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var searched = ValueSize.CharactersOf(await Left.EvaluateAsync(context));
        ((PromptContext)context).CountRead(ValueSize.SearchCost(searched, ValueSize.CharactersOf(await Right.EvaluateAsync(context))));
        return await _contains.EvaluateAsync(context);
    }
}
