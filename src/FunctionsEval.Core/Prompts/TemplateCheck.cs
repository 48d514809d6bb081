using Fluid;
using Fluid.Ast;
using Fluid.Ast.BinaryExpressions;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// Refuses templates that cannot be rendered safely, and puts bounded parts in the place of those that have no bound. Chains of filters and
/// of <c>and</c> and <c>or</c> are parsed in a loop, but each link is one level of the tree that rendering descends.
/// </summary>
internal sealed class TemplateCheck : AstRewriter
{
    private int _depth;

    private TemplateCheck() { }

    /// <summary>Checks a template.</summary>
    /// <returns>The template to render.</returns>
    /// <exception cref="ParseException">It names an unknown filter, or nests too deeply.</exception>
    public static IFluidTemplate Check(IFluidTemplate template) => new TemplateCheck().VisitTemplate(template);

    public override Statement Visit(Statement statement) => Descend(statement, base.Visit);

    public override Expression Visit(Expression expression) => Descend(expression, base.Visit);

    protected override Expression VisitFilterExpression(FilterExpression filterExpression) =>
        PromptTemplate.Options.Filters.TryGetValue(filterExpression.Name, out _)
            ? base.VisitFilterExpression(filterExpression)
            : throw new ParseException($"there is no filter '{filterExpression.Name}'");

    protected override Expression VisitRangeExpression(RangeExpression rangeExpression) => new BoundedRange(rangeExpression);

    protected override Statement VisitCaptureStatement(CaptureStatement captureStatement) =>
        new BoundedCapture(captureStatement.Identifier, Rewritten(captureStatement));

    protected override Statement VisitIfChangedStatement(IfChangedStatement ifChangedStatement) =>
        new BoundedCapture(variable: null, Rewritten(ifChangedStatement));

    protected override Expression VisitEqualBinaryExpression(EqualBinaryExpression equalBinaryExpression) =>
        new BoundedComparison((BinaryExpression)base.VisitEqualBinaryExpression(equalBinaryExpression));

    protected override Expression VisitNotEqualBinaryExpression(NotEqualBinaryExpression notEqualBinaryExpression) =>
        new BoundedComparison((BinaryExpression)base.VisitNotEqualBinaryExpression(notEqualBinaryExpression));

    protected override Statement VisitForStatement(ForStatement forStatement)
    {
        // The source as it is after the visit, in which a range has its bound.
        var loop = (ForStatement)base.VisitForStatement(forStatement);
        return new BoundedReading(loop, loop.Source, CostOfLoop);
    }

    protected override Statement VisitTableRowStatement(TableRowStatement tableRowStatement)
    {
        var loop = (TableRowStatement)base.VisitTableRowStatement(tableRowStatement);
        return new BoundedReading(loop, loop.Source, CostOfLoop);
    }

    protected override Statement VisitCaseStatement(CaseStatement caseStatement)
    {
        var choice = (CaseStatement)base.VisitCaseStatement(caseStatement);
        var options = choice.Whens.Sum(when => when.Options.Count);
        return new BoundedReading(
            choice,
            choice.Expression,
            value => ValueSize.HasParts(value) ? options * ValueSize.CharactersOf(value, ValueSize.Object) : 0
        );
    }

    private static long CostOfLoop(FluidValue list) => ValueSize.Object * ValueSize.CountOf(list);

    private IReadOnlyList<Statement> Rewritten(TagStatement tag)
    {
        TryRewriteStatements(tag.Statements, out var statements);
        return statements;
    }

    private T Descend<T>(T node, Func<T, T> visit)
    {
        if (_depth == PromptParser.MaxNesting)
        {
            throw new ParseException($"it chains or nests more than {PromptParser.MaxNesting} filters, conditions or blocks");
        }

        _depth++;
        var visited = visit(node);
        _depth--;
        return visited;
    }
}
